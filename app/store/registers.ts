import {
  foldRegister,
  isSelfLog,
  registerKeyOf,
  type ConversationId,
  type DroppedRegister,
  type KnownEvent,
  type Op,
  type Register,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { marksAt, nothing, saveConversation } from './conversation.ts';
import type { Scope } from './outcome.ts';
import type { RegisterRecord } from './rows.ts';
import type { Tables } from './tables.ts';

/** An op as if it stood in its log already: what it would do is what the person sees until it does. */
export function asEvent(op: Op, me: UserId, seq: Seq): KnownEvent {
  const { opId, log: _log, writtenAt, ...rest } = op;
  return { ...rest, seq, opId, by: me, at: writtenAt, writtenAt, chain: '' } as unknown as KnownEvent;
}

/** The register without what is only known here. */
export const answeredOf = (record: RegisterRecord | undefined): Register | undefined =>
  record && record.revised > 0 ? { key: record.key, revised: record.revised, value: record.value } : undefined;

/** Works out again what a register looks like under everything that is on its way to it. */
export async function overlay(scope: Scope, key: string): Promise<void> {
  const {
    tx,
    device: { user: me },
  } = scope;
  const held = await tx.registers.get(key);
  const waiting = (await tx.outbox.all()).filter(
    ({ log, op, state }) => isSelfLog(log) && state.at !== 'parked' && registerKeyOf(asEvent(op, me, 1)) === key,
  );
  const answered = answeredOf(held);
  let shown: Register | undefined = answered;
  let last: (typeof waiting)[number] | undefined;
  for (const entry of waiting) {
    const event = await withMarks(tx, asEvent(entry.op, me, (shown?.revised ?? 0) + 1), me);
    const next = foldRegister(shown, event);
    if (!next) continue;
    shown = next;
    last = entry;
  }
  const addedBy = held?.addedBy && { addedBy: held.addedBy };
  if (shown && last) {
    await tx.registers.put({
      ...(answered ?? { key, revised: 0, value: undefined }),
      ...addedBy,
      local: { opId: last.opId, value: shown.value },
    } as RegisterRecord);
  } else if (answered) await tx.registers.put({ ...answered, ...addedBy });
  else if (held) await tx.registers.remove([key]);
  await refreshFor(scope, key);
}

/** What the server adds when it records these: where the conversation stood. */
async function withMarks(tx: Tables, event: KnownEvent, me: UserId): Promise<KnownEvent> {
  if (event.type === 'read-marker') {
    const record = await tx.conversations.get(event.payload.conversation);
    const marks = record ? await marksAt(tx, record, event.payload.seq, me) : { ...nothing, seq: event.payload.seq };
    return { ...event, payload: { ...event.payload, marks } };
  }
  if (event.type === 'blocked') {
    const { user } = event.payload;
    const direct = (await tx.conversations.all()).find(({ other }) => other === user);
    return { ...event, payload: { ...event.payload, ...(direct && { marks: direct.marks }) } };
  }
  return event;
}

/** What a conversation shows follows from some registers: reads, blocks, removals. */
export async function refreshFor(scope: Scope, key: string): Promise<void> {
  const { tx } = scope;
  const [kind, id] = key.split(':', 2) as [string, string];
  if (kind !== 'read' && kind !== 'blocked' && kind !== 'dropped') return;
  const record =
    kind === 'blocked'
      ? (await tx.conversations.all()).find(({ other }) => other === id)
      : await tx.conversations.get(id as ConversationId);
  if (!record) return;
  if (kind !== 'dropped') return void (await saveConversation(scope, record));
  const dropped = await tx.registers.get(key);
  const value = (dropped?.local?.value ?? dropped?.value) as DroppedRegister | undefined;
  // The server may have put it lower than this device asked: it never goes beyond the log's head.
  const droppedUpTo = value?.upTo ?? 0;
  // The server's count may be from before it knew, and what is held may not reach back so far.
  const needsRow = dropped?.local === undefined && record.knownHead > droppedUpTo && droppedUpTo > 0;
  await saveConversation(scope, { ...record, droppedUpTo, ...(needsRow && { needsRow }) });
}
