import { limits } from '#sync-protocol';
import type { Log } from './log.ts';
import type { Clock } from './ports.ts';

const minuteMs = 60_000;
const settledAfterMs = limits.codeMinutes * minuteMs;
const judgedMs = 60 * minuteMs;

/** Below this share something is wrong: codes do not arrive, or somebody is paid for each text message. Fewer codes than this say nothing. [AC-16] */
export const conversion = { codesMin: 20, shareMin: 0.3 } as const;

export interface CodeWatch {
  sent(requestId: string): void;
  /** Also when it is proved twice, as by whoever names themselves after it. */
  proved(requestId: string): void;
}

export type CodeWatchDeps = { readonly clock: Clock; readonly log: Pick<Log, 'warn'>; readonly counts?: CodeCounts | undefined };
export type CodeCounts = { readonly sent: () => void; readonly proved: () => void };

/**
 * Of the codes sent in the last hour that nobody can type in any more, how many were. Holds as many as are sent in 70 minutes,
 * which CODES_PER_HOUR bounds. Says once that it is too few, and again only after it was well in between.
 */
export function createCodeWatch({ clock, log, counts }: CodeWatchDeps): CodeWatch {
  const codes = new Map<string, { readonly sentAt: number; isProved: boolean }>();
  let isAlarmed = false;

  function judge(now: number): void {
    for (const [requestId, { sentAt }] of codes) {
      if (now - sentAt <= settledAfterMs + judgedMs) break;
      codes.delete(requestId);
    }
    const settled = [...codes.values()].filter(({ sentAt }) => now - sentAt >= settledAfterMs);
    if (settled.length < conversion.codesMin) return;
    const proved = settled.filter(({ isProved }) => isProved).length;
    const isLow = proved / settled.length < conversion.shareMin;
    if (isLow && !isAlarmed) log.warn('codes: few of those sent are typed in', { sent: settled.length, proved });
    isAlarmed = isLow;
  }

  return {
    sent: (requestId) => {
      const now = clock.now();
      codes.set(requestId, { sentAt: now, isProved: false });
      counts?.sent();
      judge(now);
    },
    proved: (requestId) => {
      const code = codes.get(requestId);
      if (!code || code.isProved) return;
      code.isProved = true;
      counts?.proved();
    },
  };
}
