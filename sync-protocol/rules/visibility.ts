import type { Chain, Seq, UserId } from '../ids.ts';
import type { ConversationState } from '../wire/conversation.ts';
import type { LogEvent, Marks } from '../wire/event.ts';
import type { HistoryPolicy } from '../wire/op.ts';
import type { RunItem } from '../wire/run.ts';

/**
 * A stay in a conversation, in seqs: from the event that brought the person in to the one that took them out, both seen.
 * `before` and `end` are the counts of messages just before it and at its end. [VS-1]
 */
export type Span = {
  readonly from: Seq;
  readonly to?: Seq;
  readonly before: Omit<Marks, 'seq'>;
  readonly end?: SpanEnd;
};

/** How things stood at the end of a stay: what a former member is shown from then on, whatever happens later. [VS-3, VS-6] */
export type SpanEnd = Omit<Marks, 'seq'> & {
  readonly chain: Chain;
  readonly lastAt: number;
  readonly roomEpoch: number;
  readonly state: Omit<ConversationState, 'members' | 'asOf'>;
  readonly owners: readonly UserId[];
  readonly members: number;
  /** What was received is no longer theirs. */
  readonly purge: boolean;
};

/** An interval of seqs, both ends included. */
export type Interval = { readonly from: Seq; readonly to: Seq };

/** What of a log up to `head` a person may see: their stays, or with shared history everything up to the end of the last. [VS-2] */
export function allowed(spans: readonly Pick<Span, 'from' | 'to'>[], history: HistoryPolicy, head: Seq): readonly Interval[] {
  const last = spans.at(-1);
  if (!last) return [];
  if (history === 'shared') return [{ from: 1, to: Math.min(last.to ?? head, head) }];
  return spans.map(({ from, to }) => ({ from, to: Math.min(to ?? head, head) })).filter(({ from, to }) => from <= to);
}

export const within = (seq: Seq, intervals: readonly Interval[]): boolean =>
  intervals.some(({ from, to }) => seq >= from && seq <= to);

/** The last seq a person may see: the head, or where their last stay ended. [VS-3] */
export function visibleHead(spans: readonly Pick<Span, 'from' | 'to'>[], head: Seq): Seq {
  const last = spans.at(-1);
  return last ? Math.min(last.to ?? head, head) : 0;
}

/** An event is seen when its own seq and that of the message it names are. [VS-4] */
export function seesEvent(event: Pick<LogEvent, 'seq'>, targetSeq: Seq | undefined, intervals: readonly Interval[]): boolean {
  return within(event.seq, intervals) && (targetSeq === undefined || within(targetSeq, intervals));
}

/** The items of a run: what may not be seen becomes a count, so that the tiles still join. [RN-3] */
export function toItems(events: readonly LogEvent[], sees: (event: LogEvent) => boolean): RunItem[] {
  const items: RunItem[] = [];
  for (const event of events) {
    const last = items.at(-1);
    if (sees(event)) items.push(event);
    else if (last && 'hidden' in last) items[items.length - 1] = { ...last, count: last.count + 1 };
    else items.push({ hidden: true, seq: event.seq, count: 1 });
  }
  return items;
}
