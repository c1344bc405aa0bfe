import {
  allowed,
  CHAIN_START,
  cut,
  isDirect,
  registerKeys,
  unread,
  type BlockedRegister,
  type ConversationId,
  type ConversationRow,
  type Interval,
  type Marks,
  type ReadRegister,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { headOf, type Scope } from './outcome.ts';
import { PENDING_ORDER, type ConversationRecord, type MessageRecord, type Preview } from './rows.ts';
import type { Tables } from './tables.ts';

export const nothing: Marks = { seq: 0, ordinal: 0, ownOrdinal: 0 };
const previewCharsMax = 200;

/** A conversation of which nothing is held yet. */
export function blankConversation(id: ConversationId, other?: UserId): ConversationRecord {
  return {
    id,
    kind: isDirect(id) ? 'direct' : 'group',
    ...(other && { other }),
    watermark: 0,
    chain: CHAIN_START,
    knownHead: 0,
    knownChain: CHAIN_START,
    ranges: [],
    droppedUpTo: 0,
    marks: nothing,
    lastAt: 0,
    unread: 0,
  };
}

/** What of the log this person may see, as far as this device knows; `undefined` while it does not know. */
export function seenOf(record: ConversationRecord): readonly Interval[] | undefined {
  if (!record.spans || !record.state) return undefined;
  const head = Math.max(record.watermark, record.knownHead);
  return allowed(record.spans, record.state.policy.history, head)
    .map(({ from, to }) => ({ from: Math.max(from, record.droppedUpTo + 1), to }))
    .filter(({ from, to }) => from <= to);
}

/** What lies in `whole` and in none of `intervals`. */
export function outsideOf(intervals: readonly Interval[], whole: Interval): readonly Interval[] {
  return intervals.reduce<readonly Interval[]>((open, one) => cut(open, one), whole.from <= whole.to ? [whole] : []);
}

/**
 * Stores a conversation after something was applied to it: nothing is held outside what may be seen, and the list's line,
 * order and count follow from what is held. [AP-12, AP-13]
 */
export async function saveConversation(scope: Scope, changed: ConversationRecord): Promise<ConversationRecord> {
  const { tx, outcome } = scope;
  const clipped = await clip(tx, changed);
  const { line, lastAt } = await lineOf(tx, clipped);
  const { preview: _, ...rest } = clipped;
  const record = { ...rest, ...(line && { preview: line }), lastAt, unread: await countUnread(scope, clipped) };
  await tx.conversations.put(record);
  outcome.heads.set(record.id, headOf(record));
  outcome.gone.delete(record.id);
  return record;
}

/** What follows from other rows than its own is worked out again. */
export async function refreshConversation(scope: Scope, id: ConversationId): Promise<void> {
  const record = await scope.tx.conversations.get(id);
  if (record) await saveConversation(scope, record);
}

async function clip(tx: Tables, record: ConversationRecord): Promise<ConversationRecord> {
  const seen = seenOf(record) ?? [{ from: record.droppedUpTo + 1, to: Number.MAX_SAFE_INTEGER }];
  const excess = record.ranges.flatMap((range) => outsideOf(seen, { from: range.from, to: range.to }));
  if (excess.length === 0) return record;
  let { ranges } = record;
  for (const interval of excess) {
    ranges = cut(ranges, interval);
    const held = await tx.messages.between(record.id, interval);
    await tx.messages.remove(held.map(({ id }) => id));
  }
  return { ...record, ranges };
}

/** The last thing said, from what is held where that is the end, else from the server's row. */
async function lineOf(tx: Tables, record: ConversationRecord): Promise<{ line: Preview | undefined; lastAt: number }> {
  const [newest] = await tx.messages.between(record.id, {
    from: record.droppedUpTo + 1,
    to: Number.MAX_SAFE_INTEGER,
    limit: 1,
    newest: true,
  });
  const { row } = record;
  if (newest?.local) return { line: previewOf(newest), lastAt: Math.max(newest.at, row?.lastAt ?? 0) };
  const end = record.ranges.at(-1);
  const isLast = newest !== undefined && end !== undefined && newest.seq >= end.from && (row?.head ?? 0) <= record.watermark;
  if (isLast) return { line: previewOf(newest), lastAt: newest.at };
  const isDropped = row !== undefined && row.head <= record.droppedUpTo;
  if (!row) return { line: undefined, lastAt: record.lastAt };
  const known = record.preview?.id === row.preview?.id ? record.preview : undefined;
  return { line: isDropped ? undefined : (known ?? lineFrom(row)), lastAt: row.lastAt };
}

function lineFrom({ preview }: ConversationRow): Preview | undefined {
  if (!preview) return undefined;
  const { id, by, text, deleted } = preview;
  return { id, by, ...(text !== undefined && { text }), ...(deleted && { deleted }) };
}

export function previewOf(message: MessageRecord): Preview {
  const text = message.body && 'text' in message.body && typeof message.body.text === 'string' ? message.body.text : undefined;
  return {
    id: message.id,
    by: message.by,
    ...(text !== undefined && { text: text.slice(0, previewCharsMax) }),
    ...(message.deleted !== undefined && { deleted: true }),
    ...(message.local && { local: true }),
  };
}

async function countUnread({ tx, device }: Scope, record: ConversationRecord): Promise<number> {
  const read = await tx.registers.get(registerKeys.read(record.id));
  const marker = (read?.local?.value ?? read?.value) as ReadRegister | undefined;
  return unread(record.marks, await startOfUnread(tx, record, marker, device.user), await blockedIn(tx, record));
}

async function blockedIn(tx: Tables, record: ConversationRecord) {
  if (record.kind !== 'direct' || !record.other) return [];
  const blocked = await tx.registers.get(registerKeys.blocked(record.other));
  return ((blocked?.local?.value ?? blocked?.value) as BlockedRegister | undefined)?.stretches ?? [];
}

/** Beyond it what is held is not counted one by one: the server's row says. */
const countedMax = 500;

/**
 * The marker, but never before the present stay began, nor before what was removed for oneself. How much had been said up to
 * there follows from what is held since, where all of it is, else from the server's row, whose count started there. [UN-2]
 */
async function startOfUnread(
  tx: Tables,
  record: ConversationRecord,
  marker: ReadRegister | undefined,
  me: UserId,
): Promise<Marks> {
  const { row, marks, ranges, droppedUpTo } = record;
  const start = Math.max((record.spans?.at(-1)?.from ?? 1) - 1, droppedUpTo);
  if (marker && marker.seq >= start) return marker.marks;
  if (start === 0) return nothing;
  const isHeld = outsideOf(ranges, { from: start + 1, to: marks.seq }).length === 0;
  const isCounted = row !== undefined && row.head > droppedUpTo;
  if ((isHeld && marks.seq - start <= countedMax) || !isCounted) return marksAt(tx, record, start, me);
  return { seq: start, ordinal: row.marks.ordinal - row.unread, ownOrdinal: row.marks.ownOrdinal };
}

/** Counts up to `seq`, from the newest known counts back over what is held. The server's own come with its event. */
export async function marksAt(tx: Tables, record: ConversationRecord, seq: Seq, me: UserId): Promise<Marks> {
  const { marks } = record;
  if (seq >= marks.seq) return { ...marks, seq };
  const after = await tx.messages.between(record.id, { from: seq + 1, to: marks.seq });
  const own = after.filter(({ by }) => by === me).length;
  return { seq, ordinal: Math.max(0, marks.ordinal - after.length), ownOrdinal: Math.max(0, marks.ownOrdinal - own) };
}

/** Deletes what was received of a conversation; what was written here and is on its way stays. */
export async function forgetReceived(tx: Tables, id: ConversationId): Promise<readonly MessageRecord[]> {
  const received = await tx.messages.between(id, { from: 0, to: PENDING_ORDER - 1 });
  await tx.messages.remove(received.map((message) => message.id));
  const receipts = await tx.receipts.startingWith(`${id}:`);
  await tx.receipts.remove(receipts.map(({ key }) => key));
  const raw = await tx.raw.startingWith(`c:${id}:`);
  await tx.raw.remove(raw.map(({ key }) => key));
  return received;
}
