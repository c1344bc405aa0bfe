import {
  conversationLog,
  registerKeys,
  type BlockedRegister,
  type ConversationId,
  type Interval,
  type MessageId,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { PENDING_ORDER, type ConversationRecord, type MessageRecord } from '../rows.ts';
import { hiddenIn, screenOf, type ScreenItem } from '../screen.ts';
import type { Tables } from '../tables.ts';
import { shownValue } from './people.ts';

export type Reach = { readonly place: MessageId | undefined; readonly older: number; readonly newer: number };

export type MessagesPage = {
  /** What was asked for: around this message, or the newest. */
  readonly place: MessageId | undefined;
  readonly items: readonly ScreenItem[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** How far the log is known without a gap. */
  readonly watermark: Seq;
  /** Of each message of others on this page: what reading moves the marker to. */
  readonly othersSeqs: ReadonlyMap<string, Seq>;
};

const LAST = Number.MAX_SAFE_INTEGER;

/** The newest messages, or those around a place, with markers for what is not here. */
export async function readMessages(tx: Tables, me: UserId, id: ConversationId, reach: Reach): Promise<MessagesPage> {
  const record = await tx.conversations.get(id);
  const { place } = reach;
  if (!record) return { place, items: [], hasOlder: false, hasNewer: false, watermark: 0, othersSeqs: new Map() };
  const { messages, whole, hasOlder, hasNewer } = await around(tx, record, reach);
  const outbox = (await tx.outbox.all()).filter(({ log }) => log === conversationLog(id));
  const hidden = await tx.registers.startingWith(registerKeys.hidden(id, '' as MessageId));
  const hiddenKeys = hidden.filter((register) => shownValue<{ on: boolean }>(register)?.on).map(({ key }) => key);
  const blocked = record.other && shownValue<BlockedRegister>(await tx.registers.get(registerKeys.blocked(record.other)));
  const items = screenOf({
    record,
    me,
    messages,
    outbox,
    hidden: hiddenIn(id, hiddenKeys),
    blocked: blocked?.stretches ?? [],
    whole,
  });
  const othersSeqs = new Map(messages.filter(({ by }) => by !== me).map((message) => [message.id as string, message.seq]));
  return { place, items, hasOlder, hasNewer, watermark: record.watermark, othersSeqs };
}

type View = {
  readonly messages: readonly MessageRecord[];
  readonly whole: Interval;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
};

async function around(tx: Tables, { id, droppedUpTo }: ConversationRecord, { place, older, newer }: Reach): Promise<View> {
  const found = place && (await tx.messages.get(place));
  const middle = found?.conversationId === id ? found.order : LAST;
  const start = droppedUpTo + 1;
  const before = await tx.messages.between(id, { from: start, to: middle, limit: older, newest: true });
  const after = middle === LAST ? [] : await tx.messages.between(id, { from: middle + 1, to: LAST, limit: newer });
  const hasOlder = before.length === older;
  const hasNewer = middle !== LAST && after.length === newer;
  const first = before[0]?.order ?? start;
  const last = after.at(-1)?.order ?? middle;
  // A view that begins among pending messages still begins where the log ends, and shows a hole there.
  const from = hasOlder && first < PENDING_ORDER ? first : start;
  return { messages: [...before, ...after], whole: { from, to: hasNewer ? last : LAST }, hasOlder, hasNewer };
}
