import {
  conversationLog,
  limits,
  Refusal,
  type ConversationId,
  type HistoryPage,
  type Interval,
  type MessageFold,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import { toMessage } from './messages.ts';
import type { EventLog } from './ports.ts';
import { readSnapshot } from './snapshot.ts';
import { loadView, type View } from './view.ts';
import { fitting } from './windows.ts';

/** Where a page of history lies: beside a seq, around one, or within two. Without either: the newest. */
export type HistoryQuery = {
  readonly before?: Seq | undefined;
  readonly after?: Seq | undefined;
  readonly around?: Seq | undefined;
  readonly from?: Seq | undefined;
  readonly to?: Seq | undefined;
  readonly limit?: number | undefined;
  /** The reader's watermark: an older page would undo what they know. */
  readonly atLeast?: Seq | undefined;
};

export interface Histories {
  /** Refuses `not-found` for who never was a member, `unavailable` while it cannot be as of `atLeast`. [SY-8] */
  page(user: UserId, conversation: ConversationId, query: HistoryQuery): Promise<HistoryPage>;
}

/** What a page lays claim to, and the messages made there. */
type Claim = Interval & { readonly messages: readonly MessageFold[]; readonly more: boolean };

export function createHistories({ log: store, storeEpoch }: { readonly log: EventLog; readonly storeEpoch: string }): Histories {
  return {
    page: async (user, conversation, query) => {
      const log = conversationLog(conversation);
      let claim: Claim | undefined;
      const read = await readSnapshot(store, {
        load: () => loadView(store, log, user),
        pick: async (view) => (claim = await claimOf(store, view, query)).messages,
        grows: false,
      });
      if (!read || !claim || read.view.isPurged) throw new Refusal('not-found');
      const { view } = read;
      if (view.head < (query.atLeast ?? 0) && view.isMember) {
        throw new Refusal('unavailable', 'behind', { retryAfterMs: bounds.retryAfterMs });
      }
      const messages = read.messages.map((message) => toMessage(message, view)).toSorted((a, b) => a.seq - b.seq);
      const fits = fitted(messages, claim, query);
      return { storeEpoch, asOf: view.head, ...fits };
    },
  };
}

/** Only one stay at a time: what lies between two is nobody's to claim. */
async function claimOf(store: EventLog, view: View, query: HistoryQuery): Promise<Claim> {
  const limit = Math.min(query.limit ?? limits.historyPageMax, limits.historyPageMax);
  if (query.after !== undefined) return upwards(store, view, query.after + 1, limit);
  if (query.around !== undefined) return around(store, view, query.around, limit);
  const to = query.to ?? (query.before === undefined ? view.head : query.before - 1);
  return downwards(store, view, { from: query.from ?? 1, to }, limit);
}

async function downwards(store: EventLog, view: View, asked: Interval, limit: number): Promise<Claim> {
  const stay = view.intervals.findLast(({ from }) => from <= asked.to);
  if (!stay || stay.to < asked.from) return nothingAt(asked.to + 1);
  const [from, to] = [Math.max(stay.from, asked.from), Math.min(stay.to, asked.to)];
  const messages = await store.messagesIn(view.log, from, to, limit, true);
  const start = messages.length < limit ? from : messages.at(-1)!.seq;
  return { from: start, to, messages, more: view.intervals[0]!.from < start && asked.from < start };
}

async function upwards(store: EventLog, view: View, start: Seq, limit: number): Promise<Claim> {
  const stay = view.intervals.find(({ to }) => to >= start);
  if (!stay) return nothingAt(start);
  const from = Math.max(stay.from, start);
  const messages = await store.messagesIn(view.log, from, stay.to, limit, false);
  const to = messages.length < limit ? stay.to : messages.at(-1)!.seq;
  return { from, to, messages, more: to < view.head };
}

async function around(store: EventLog, view: View, middle: Seq, limit: number): Promise<Claim> {
  const stay = view.intervals.find(({ from, to }) => from <= middle && middle <= to);
  if (!stay) return downwards(store, view, { from: 1, to: middle }, limit);
  const below = await downwards(store, view, { from: stay.from, to: middle }, Math.ceil(limit / 2));
  const room = limit - below.messages.length;
  if (room === 0 || middle === stay.to) return below;
  const above = await upwards(store, view, middle + 1, room);
  return { from: below.from, to: above.to, messages: [...below.messages, ...above.messages], more: below.more || above.more };
}

const nothingAt = (seq: Seq): Claim => ({ from: Math.max(1, seq), to: Math.max(1, seq) - 1, messages: [], more: false });

/** What does not fit is cut off, farthest from what was asked about, and the claim with it. */
function fitted(
  messages: HistoryPage['messages'],
  claim: Claim,
  query: HistoryQuery,
): Pick<HistoryPage, 'from' | 'to' | 'messages' | 'more'> {
  const bounds = { messagesMax: limits.historyPageMax, bytesMax: limits.historyPageBytesMax };
  const fit = fitting(nearestFirst(messages, query), bounds).toSorted((a, b) => a.seq - b.seq);
  const [first, last] = [fit[0], fit.at(-1)];
  const from = first && first !== messages[0] ? first.seq : claim.from;
  const to = last && last !== messages.at(-1) ? last.seq : claim.to;
  return { from, to, messages: fit, more: claim.more || fit.length < messages.length };
}

/** Neighbours stay neighbours: whatever prefix of this fits is without gaps. */
function nearestFirst(messages: HistoryPage['messages'], { after, around: middle }: HistoryQuery): HistoryPage['messages'] {
  if (after !== undefined) return messages;
  if (middle === undefined) return messages.toReversed();
  const at = Math.max(
    0,
    messages.findLastIndex(({ seq }) => seq <= middle),
  );
  return messages
    .map((message, i) => ({ message, distance: Math.abs(i - at) }))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ message }) => message);
}
