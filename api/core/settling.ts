import type { KnownEvent, LogId } from '#sync-protocol';
import type { Asked, Verdict } from './decide.ts';
import type { HeldLog } from './held-logs.ts';
import { doubtfulNews, newsOf } from './live.ts';
import type { Bus, News, ReportBug } from './ports.ts';
import { isRetryable, type Ticket, type Trial } from './trial.ts';

export type SettlingDeps = {
  readonly bus: Bus;
  readonly reportBug: ReportBug;
  /** What follows from an event and must be done before its op is answered. Never rejects. */
  readonly followUp: (log: LogId, event: Followed) => Promise<void>;
};
export type Followed = { readonly by: Asked['by']; readonly known: KnownEvent | undefined; readonly relays: boolean };

export interface Settling {
  /** Tells and answers the first `count` of a trial whose accepted ones are stored, and gives back the rest. */
  settle(trial: Trial, count: number): readonly Ticket[];
  /** Some append of this log may have happened without having been told. */
  doubt(held: HeldLog): void;
}

export function createSettling({ bus, reportBug, followUp }: SettlingDeps): Settling {
  /** What is stored is stored: no mistake in telling it may reach who wrote it. [LV-1] */
  function tell(news: () => News): void {
    try {
      bus.tell(news());
    } catch (error) {
      reportBug(error);
    }
  }

  function answer(log: LogId, { ticket, verdict }: Trial['judged'][number]): void {
    if (verdict.kind === 'refused') {
      ticket.lane.isStopped ||= isRetryable(verdict.answer.refusal);
      ticket.settle(verdict.answer);
      return;
    }
    const followed = followedOf(ticket.asked, verdict);
    if (!followed) ticket.settle(verdict.answer);
    // Not awaited by the queue: a log that waited for another log's queue could wait for itself.
    else void followUp(log, followed).then(() => ticket.settle(verdict.answer));
  }

  return {
    settle: ({ log, held, judged }, count) => {
      const settled = judged.slice(0, count);
      const decisions = settled.flatMap(({ verdict }) => (verdict.kind === 'accepted' ? [verdict.decision] : []));
      const { head, chain } = held.position;
      if (decisions.length > 0) tell(() => newsOf(log, { head, chain }, decisions));
      for (const one of settled) answer(log, one);
      return judged.slice(count).map(({ ticket }) => ticket);
    },
    doubt: ({ log, position: { head, chain }, fold }) => tell(() => doubtfulNews(log, { head, chain }, fold)),
  };
}

/** A repeat may be of an op whose consequences were never written: whoever asks again finishes them. [RL-2] */
function followedOf({ by }: Asked, verdict: Exclude<Verdict, { kind: 'refused' }>): Followed | undefined {
  if (verdict.kind === 'repeated') return mayRelay(verdict.event) ? { by, known: undefined, relays: true } : undefined;
  const { relays } = verdict.event;
  const { known } = verdict.decision;
  const isFollowed = relays || known?.type === 'read-marker' || known?.type === 'profile';
  return isFollowed ? { by, known, relays } : undefined;
}

const relaying = new Set(['group-created', 'members-added', 'member-removed', 'member-left', 'contact']);
const mayRelay = ({ type, seq }: { type: string; seq: number }): boolean =>
  relaying.has(type) || (type === 'message' && seq === 1);
