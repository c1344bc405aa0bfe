import type { Chain, OpId, Seq, UserId, MessageId, LogId } from '../ids.ts';
import type { LogEvent } from '../wire/event.ts';
import { contentOf, nextChain } from './chain.ts';

/** Where a log stands: what the next event is numbered, chained and timed after. */
export type Position = { readonly head: Seq; readonly chain: Chain; readonly lastAt: number };

/** An op that was allowed, as it will stand in the log: `payload` and `type` may say more than the op did. */
export type Decided = {
  readonly opId: OpId;
  readonly log: LogId;
  readonly type: string;
  readonly by: UserId;
  readonly writtenAt: number;
  readonly target?: MessageId | undefined;
  readonly with?: UserId | undefined;
  readonly base?: number | undefined;
  readonly payload: unknown;
  /** Of the op as it was sent, so that a repeat of it is recognised. */
  readonly bodyHash: string;
};

/** The next event of a log: the next number, a link in the chain, a time that never runs backwards. [SQ-3, SQ-4, CH-1] */
export function sequence(
  position: Position,
  op: Decided,
  now: number,
  short: (text: string) => string,
): LogEvent & { bodyHash: string } {
  const seq = position.head + 1;
  const { opId, bodyHash } = op;
  return {
    seq,
    opId,
    type: op.type,
    by: op.by,
    at: Math.max(position.lastAt, now),
    writtenAt: op.writtenAt,
    ...(op.target && { target: op.target }),
    ...(op.with && { with: op.with }),
    ...(op.base !== undefined && { base: op.base }),
    payload: op.payload,
    chain: nextChain(short, position.chain, { seq, opId, bodyHash }),
    bodyHash,
  };
}

/** What to do with an op whose id is in the log already: the same op is answered again, another one is refused. [OP-2] */
export function repeat(stored: { bodyHash: string; by: UserId }, op: { bodyHash: string; by: UserId }): 'same' | 'conflict' {
  return stored.bodyHash === op.bodyHash && stored.by === op.by ? 'same' : 'conflict';
}

/** The text whose keyed hash recognises an op. It includes who did it and where. [OP-2] */
export const bodyHashInput = (op: { log: LogId; by: UserId } & Parameters<typeof contentOf>[0]): string =>
  `${op.log}|${op.by}|${contentOf(op)}`;
