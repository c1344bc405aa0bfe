import {
  conversationLog,
  emptyState,
  foldState,
  registerKeys,
  type ConversationId,
  type ConversationState,
  type MemberRegister,
  type ReadRegister,
  type Role,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { seenOf, outsideOf } from '../conversation.ts';
import { shownAs } from '../outbox.ts';
import { asEvent } from '../registers.ts';
import { PENDING_ORDER, type ConversationRecord, type MessageRecord, type OutboxRecord, type ReceiptRecord } from '../rows.ts';
import type { Tables } from '../tables.ts';
import { readNames, shownValue, type PersonView } from './people.ts';

export type ConversationFilter = 'all' | 'unread' | 'direct' | 'groups';

export type ConversationItem = {
  readonly id: ConversationId;
  readonly title: string;
  readonly conversation: ConversationRecord;
  /** Who said the last thing; empty while not known. */
  readonly previewBy: string;
  /** Of one's own last message while it is on its way. */
  readonly pending?: NonNullable<MessageRecord['local']>;
};

export type ConversationView = {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group';
  readonly title: string;
  readonly about?: string;
  readonly other?: UserId;
  readonly members: readonly UserId[];
  readonly roles: ReadonlyMap<UserId, Role>;
  readonly isOwner: boolean;
  readonly isFormer: boolean;
  readonly unread: number;
  readonly readTo: Seq;
  readonly watermark: Seq;
  /** Numbers of the log held here, those that may be seen, and gaps between. */
  readonly held: number;
  readonly known: number;
  readonly holeCount: number;
  /** How far others have received and read. */
  readonly receipts: readonly ReceiptRecord[];
};

export async function readConversations(
  tx: Tables,
  me: UserId,
  filter: ConversationFilter,
): Promise<readonly ConversationItem[]> {
  const records = (await tx.conversations.all()).filter((record) => isListed(record) && passes(record, filter));
  const names = await readNames(tx, me);
  const pending = new Map((await tx.outbox.all()).map((entry) => [entry.opId, entry]));
  return records
    .toSorted((a, b) => b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1))
    .map((conversation) => {
      const { id, preview } = conversation;
      const entry = preview?.local ? pending.get(preview.id) : undefined;
      const previewBy = preview ? (names.get(preview.by)?.name ?? '') : '';
      return {
        id,
        title: titleOf(conversation, names),
        conversation,
        previewBy,
        ...(entry && { pending: shownAs(entry.state) }),
      };
    });
}

/** An empty direct conversation was only looked at; one removed for oneself comes back with something new. */
function isListed({ kind, row, preview, knownHead, watermark, droppedUpTo, lastAt }: ConversationRecord): boolean {
  const head = Math.max(knownHead, watermark);
  if (preview?.local) return true;
  if (head > 0) return head > droppedUpTo && (row !== undefined || watermark > 0);
  return kind === 'group' && lastAt > 0;
}

function passes({ kind, unread }: ConversationRecord, filter: ConversationFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'unread':
      return unread > 0;
    case 'direct':
      return kind === 'direct';
    case 'groups':
      return kind === 'group';
  }
}

const titleOf = ({ other, title }: ConversationRecord, names: ReadonlyMap<UserId, PersonView>): string =>
  (other ? names.get(other)?.name : title) ?? title ?? '';

export async function readConversation(tx: Tables, me: UserId, id: ConversationId): Promise<ConversationView | null> {
  const record = await tx.conversations.get(id);
  if (!record) return null;
  const lane = (await tx.outbox.all()).filter(({ log }) => log === conversationLog(id));
  const state = withPending(record.state, lane, me);
  const read = shownValue<ReadRegister>(await tx.registers.get(registerKeys.read(id)));
  const member = shownValue<MemberRegister>(await tx.registers.get(registerKeys.member(id)));
  const names = await readNames(tx, me);
  const roles = new Map(state.members);
  const { kind, other, unread, watermark } = record;
  const isFormer =
    kind === 'group' &&
    ((member?.spans.at(-1)?.to ?? record.spans?.at(-1)?.to) !== undefined || (state.members.length > 0 && !roles.has(me)));
  const title = kind === 'group' ? (state.title ?? titleOf(record, names)) : titleOf(record, names);
  return {
    id,
    kind,
    title,
    ...(state.about !== undefined && { about: state.about }),
    ...(other && { other }),
    members: state.members.map(([user]) => user),
    roles,
    isOwner: roles.get(me) === 'owner',
    isFormer,
    unread,
    readTo: read?.seq ?? 0,
    watermark,
    ...figuresOf(record),
    receipts: await tx.receipts.startingWith(`${id}:`),
  };
}

/** What was changed here and is on its way, as if it had arrived. */
function withPending(state: ConversationState | undefined, lane: readonly OutboxRecord[], me: UserId): ConversationState {
  return lane
    .filter(({ state: { at } }) => at !== 'parked')
    .reduce((shown, { op, n }) => {
      const event = asEvent(op, me, PENDING_ORDER + n);
      return foldState(shown, event, event);
    }, state ?? emptyState());
}

function figuresOf(record: ConversationRecord): Pick<ConversationView, 'held' | 'known' | 'holeCount'> {
  const to = Math.max(record.watermark, record.knownHead);
  const seen = seenOf(record) ?? [{ from: record.droppedUpTo + 1, to }];
  const holes = seen.flatMap((interval) => outsideOf(record.ranges, interval));
  const count = (intervals: readonly { from: Seq; to: Seq }[]) =>
    intervals.reduce((sum, { from, to: end }) => sum + Math.max(0, end - from + 1), 0);
  return { held: count(record.ranges), known: count(seen), holeCount: holes.length };
}
