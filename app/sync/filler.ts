import type { ConversationId, Interval } from '#sync-protocol';
import type { Change } from './change.ts';
import type { Memory } from './memory.ts';
import type { CommitResult, Report, Transport } from './ports.ts';

export type FillResult = 'filled' | 'offline' | 'failed';

type Needs = {
  readonly memory: Memory;
  readonly transport: Transport;
  readonly commit: (change: Change) => Promise<CommitResult>;
  readonly report: Report;
  /** The server's read was older than what is held, or its store another one: ask it first. */
  readonly resync: () => void;
};

/** Fetches what a hole or a stale stretch lacks. The server says what its page covers; nothing is inferred from what is in it. [AP-9] */
export function createFiller({ memory, transport, commit, report, resync }: Needs) {
  const underWay = new Map<string, Promise<FillResult>>();
  const fill = async (conversation: ConversationId, { from, to }: Interval): Promise<FillResult> => {
    const head = memory.head(conversation);
    if (!head) return 'failed';
    if (from > head.watermark) {
      // What is not applied yet comes in order with the next answer.
      resync();
      return 'filled';
    }
    const answer = await transport.history({ conversation, from, to: Math.min(to, head.watermark), atLeast: head.watermark });
    if (answer.kind === 'unreachable') return 'offline';
    if (answer.kind === 'refused') {
      if (answer.refusal === 'unavailable') resync();
      return 'failed';
    }
    if (answer.page.storeEpoch !== memory.storeEpoch()) {
      resync();
      return 'failed';
    }
    const result = await commit({ kind: 'fill', conversation, page: answer.page, spans: head.spans });
    return result.kind === 'committed' ? 'filled' : 'failed';
  };
  return (conversation: ConversationId, interval: Interval): Promise<FillResult> => {
    const key = `${conversation} ${interval.from} ${interval.to}`;
    const running = underWay.get(key);
    if (running) return running;
    const one = fill(conversation, interval)
      .catch((error: unknown): FillResult => {
        report('fill: a page could not be stored', error);
        return 'failed';
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, one);
    return one;
  };
}
