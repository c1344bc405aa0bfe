import {
  conversationOf,
  registerKeys,
  type ConversationId,
  type Op,
  type OpId,
  type ReadRegister,
  type UserId,
} from '#sync-protocol';
import type { ConversationFacts } from '../sync/ports.ts';
import { blankConversation, refreshConversation, saveConversation } from './conversation.ts';
import { dependsOn, enqueue, move, release, rewrite, take, wasAttempted } from './outbox.ts';
import type { Scope } from './outcome.ts';
import type { OutboxRecord } from './rows.ts';
import type { Tables } from './tables.ts';

/** Shows an op and queues it, or changes what a waiting one says. Any tab may; the same op twice is once. [LS-1, LS-2, OB-2] */
export async function stageOp(scope: Scope, op: Op): Promise<void> {
  const { tx, device } = scope;
  const outbox = await tx.outbox.all();
  if (outbox.some(({ opId }) => opId === op.opId) || (await tx.messages.get(op.opId))) return;
  await makeRoom(scope, op);
  const staging = device.rules.stage(op, outbox);
  const entries = (opIds: readonly OpId[]): OutboxRecord[] => outbox.filter(({ opId }) => opIds.includes(opId));
  switch (staging.kind) {
    case 'add':
      return add(scope, op, outbox);
    case 'vanish':
      return take(scope, entries(staging.opIds));
    case 'replace': {
      const [entry] = entries([staging.opId]);
      if (entry) await rewrite(scope, entry, staging.op);
    }
  }
}

/** What names something parked waits with it; deleting that is taking it back. [OB-5, OB-8] */
async function add(scope: Scope, op: Op, outbox: readonly OutboxRecord[]): Promise<void> {
  const parked = outbox.find((entry) => entry.state.at === 'parked' && dependsOn(op, entry.op));
  if (!parked) return enqueue(scope, op);
  if (op.type === 'delete' && op.target === parked.opId) return discard(scope, parked.opId, op);
  return enqueue(scope, op, { at: 'parked', refusal: 'waits-for-parked', attempted: false });
}

/** A conversation that is made or first written to here is in the list before the server knows of it. */
async function makeRoom(scope: Scope, op: Op): Promise<void> {
  const id = conversationOf(op.log);
  if (!id) return;
  const held = await scope.tx.conversations.get(id);
  if (op.type === 'group-created' && !held) {
    await saveConversation(scope, { ...blankConversation(id), title: op.payload.title, lastAt: op.writtenAt });
  } else if (op.with && !held) await openDirect(scope, id, op.with);
}

export async function openDirect(scope: Scope, id: ConversationId, other: UserId): Promise<void> {
  if (await scope.tx.conversations.get(id)) return;
  await saveConversation(scope, blankConversation(id, other));
}

const find = async (tx: Tables, opId: OpId): Promise<OutboxRecord | undefined> =>
  (await tx.outbox.all()).find((entry) => entry.opId === opId);

/** With what waits for it, and with what it waits for. */
export async function sendAgain(scope: Scope, opId: OpId): Promise<void> {
  const entry = await find(scope.tx, opId);
  if (entry?.state.at !== 'parked') return;
  const makers = (await scope.tx.outbox.all()).filter(
    (one) => one.state.at === 'parked' && one.n < entry.n && dependsOn(entry.op, one.op),
  );
  for (const maker of makers) await sendAgain(scope, maker.opId);
  await move(scope, entry, { at: 'queued', attempted: entry.state.attempted });
  await release(scope, [entry]);
}

/** One that may have left is remembered: its event may still turn up, and is undone then. [OB-8] */
export async function discard(scope: Scope, opId: OpId, undo: Op | undefined): Promise<void> {
  const { tx } = scope;
  const entry = await find(tx, opId);
  if (!entry) return;
  const { state, op } = entry;
  if (state.at === 'queued' || state.at === 'parked') {
    const dependents = (await tx.outbox.all()).filter(
      (other) => (other.state.at === 'queued' || other.state.at === 'parked') && dependsOn(other.op, op),
    );
    if (wasAttempted(state)) await tx.cancelled.put({ opId, ...(undo && { undo }) });
    await take(scope, [entry, ...dependents]);
    const conversation = conversationOf(entry.log);
    if (op.type === 'group-created' && conversation && !wasAttempted(state)) await forgetUnmade(scope, conversation);
    return;
  }
  // Under way or accepted: only the log can undo it.
  if (undo) await enqueue(scope, undo);
}

async function forgetUnmade(scope: Scope, id: ConversationId): Promise<void> {
  const record = await scope.tx.conversations.get(id);
  if (record && record.watermark === 0 && !record.row) await scope.tx.conversations.remove([id]);
  else await refreshConversation(scope, id);
}

export async function pending(tx: Tables, opId: OpId): Promise<Pick<OutboxRecord, 'op' | 'state'> | undefined> {
  const entry = await find(tx, opId);
  return entry && { op: entry.op, state: entry.state };
}

export async function readFacts(tx: Tables, id: ConversationId): Promise<ConversationFacts | undefined> {
  const record = await tx.conversations.get(id);
  if (!record) return undefined;
  const read = await tx.registers.get(registerKeys.read(id));
  const marker = (read?.local?.value ?? read?.value) as ReadRegister | undefined;
  const { other, watermark, knownHead } = record;
  return { other, watermark, knownHead, readTo: marker?.seq ?? 0 };
}
