import { limits, refusals, Refusal, type LogId, type LogPart, type SyncRequest, type UserId } from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { EventLog } from './ports.ts';
import { conversationRun } from './runs.ts';
import { loadView, type OwnRegisters, type View } from './view.ts';
import { asReset, asWindow, fullWindow, type WindowFields, type Windows } from './windows.ts';

export type LogAsked = NonNullable<SyncRequest['logs']>[number];

export type PartAsked = {
  readonly asked: LogAsked;
  readonly user: UserId;
  readonly registers: OwnRegisters;
  readonly bytesMax: number;
  /** Whether the device knows this incarnation of the store. */
  readonly isSameEpoch: boolean;
};

export interface LogParts {
  /** The one part that answers for a log. [SY-5] */
  part(asked: PartAsked): Promise<LogPart>;
}

export function createLogParts({ log: store, windows }: { readonly log: EventLog; readonly windows: Windows }): LogParts {
  async function decide(part: PartAsked, view: View): Promise<LogPart> {
    const { asked, isSameEpoch } = part;
    const { log, watermark } = asked;
    const gone: LogPart = { kind: 'gone', log, from: watermark, to: view.head, purge: view.isPurged };
    if (view.isPurged) return gone;
    if (!isSameEpoch) return reset(part, 'store-epoch');
    if (watermark > view.head) return future(part, view);
    if (watermark > 0 && (await store.chainAt(log, watermark)) !== asked.chain) return reset(part, 'fork');
    if (asked.empty) return window(part);
    if (!view.isMember && watermark === view.head) return gone;
    const isFar = view.head - watermark > limits.windowBehindEvents || watermark < view.record.compactedTo;
    const run = isFar ? undefined : await conversationRun(store, view, asked, part.bytesMax);
    return run ? { kind: 'run', ...run } : window(part);
  }

  /** More than there is: a store that went back in time, unless reading again disagrees. [SY-11] */
  async function future(part: PartAsked, view: View): Promise<LogPart> {
    const again = await loadView(store, view.log, view.user, part.registers);
    if (!again || again.head >= part.asked.watermark) return behind(view.log);
    return reset(part, 'fork');
  }

  const window = async (part: PartAsked): Promise<LogPart> => {
    const fields = await read(part, part.asked.watermark);
    return fields ? asWindow(fields) : unknown(part.asked.log);
  };

  const reset = async (part: PartAsked, why: 'store-epoch' | 'fork'): Promise<LogPart> => {
    const fields = await read(part, 0);
    return fields ? asReset(why, fields) : unknown(part.asked.log);
  };

  function read({ asked: { log }, user, registers, bytesMax }: PartAsked, from: number): Promise<WindowFields | undefined> {
    return windows.window({ log, user, from, registers, ...fullWindow, bytesMax: Math.min(bytesMax, fullWindow.bytesMax) });
  }

  return {
    part: async (part) => {
      const { log } = part.asked;
      try {
        const view = await loadView(store, log, part.user, part.registers);
        return view ? await decide(part, view) : unknown(log);
      } catch (error) {
        // A conversation that does not rest holds up nothing but itself.
        if (error instanceof Refusal && refusals[error.code].remedy === 'retry') return behind(log);
        throw error;
      }
    },
  };
}

/** Never a member, or no such log: told alike. [AU-2] */
const unknown = (log: LogId): LogPart => ({ kind: 'unknown', log });
const behind = (log: LogId): LogPart => ({ kind: 'behind', log, retryAfterMs: bounds.retryAfterMs });
