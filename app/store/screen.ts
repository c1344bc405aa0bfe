import {
  registerKeys,
  reviseMessage,
  stretches,
  type BlockedStretch,
  type ConversationId,
  type Interval,
  type KnownEvent,
  type MessageId,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { seenOf } from './conversation.ts';
import { asEvent } from './registers.ts';
import { PENDING_ORDER, type ConversationRecord, type MessageRecord, type OutboxRecord } from './rows.ts';

/** What stands on the screen, oldest first. `hole`: not here. `stale`: what follows was true a while ago. `absent`: one was not a member. */
export type ScreenItem =
  | { readonly kind: 'message'; readonly message: MessageRecord }
  | { readonly kind: 'hole' | 'stale' | 'absent'; readonly from: Seq; readonly to: Seq };

export type Shown = {
  readonly record: ConversationRecord;
  readonly me: UserId;
  /** Messages of the view, pending ones included, by order. */
  readonly messages: readonly MessageRecord[];
  /** What this device wrote in this conversation and the log does not hold. */
  readonly outbox: readonly OutboxRecord[];
  readonly hidden: ReadonlySet<MessageId>;
  readonly blocked: readonly BlockedStretch[];
  /** The seqs of the view. */
  readonly whole: Interval;
};

/**
 * The screen follows from ranges: between two that do not adjoin there is always a marker, whatever is or is not held of
 * messages. Nothing next to each other here was ever apart in the log. [RA-9, SN-1]
 */
export function screenOf({ record, me, messages, outbox, hidden, blocked, whole }: Shown): readonly ScreenItem[] {
  const other = record.other;
  const isShown = ({ id, by, seq, local }: MessageRecord) =>
    !hidden.has(id) &&
    (local !== undefined ||
      by !== other ||
      by === me ||
      !blocked.some(({ from, to }) => seq > from.seq && seq <= (to?.seq ?? seq)));
  const shown = messages.filter(isShown).map((message) => withPending(message, outbox, me));
  const to = Math.max(record.watermark, record.knownHead);
  const seen = seenOf(record) ?? [{ from: record.droppedUpTo + 1, to }];
  const from = Math.max(whole.from, Math.min(seen[0]?.from ?? whole.from, to));
  const items: ScreenItem[] = [];
  for (const stretch of stretches(record.ranges, seen, { from, to: Math.min(whole.to, to) })) {
    const inside = { from: stretch.from, to: stretch.to };
    if (stretch.kind !== 'current') items.push({ kind: stretch.kind, ...inside });
    if (stretch.kind === 'hole' || stretch.kind === 'absent') continue;
    items.push(...shown.filter(({ seq, local }) => !local && seq >= inside.from && seq <= inside.to).map(asItem));
  }
  const isAtEnd = whole.to >= to;
  return isAtEnd ? [...items, ...shown.filter(({ local }) => local).map(asItem)] : items;
}

const asItem = (message: MessageRecord): ScreenItem => ({ kind: 'message', message });

/** Edits, deletions and reactions that are on their way, as if they had arrived. Parked ones are not what the person sees. */
function withPending(message: MessageRecord, outbox: readonly OutboxRecord[], me: UserId): MessageRecord {
  return outbox
    .filter(({ op, state }) => 'target' in op && op.target === message.id && state.at !== 'parked')
    .reduce((shown, { op, n }) => reviseMessage(shown, eventFor(op, me, n)) as MessageRecord, message);
}

const eventFor = (op: OutboxRecord['op'], me: UserId, n: number): KnownEvent => asEvent(op, me, PENDING_ORDER + n);

/** Ids of messages this person hid for themselves. */
export function hiddenIn(conversation: ConversationId, keys: readonly string[]): ReadonlySet<MessageId> {
  const prefix = registerKeys.hidden(conversation, '' as MessageId);
  return new Set(keys.map((key) => key.slice(prefix.length) as MessageId));
}
