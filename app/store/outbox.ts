import { conversationOf, namedBy, registerKeyOf, type LogId, type Op, type OutboxState, type Seq } from '#sync-protocol';
import { refreshConversation } from './conversation.ts';
import { pendingMessage } from './message.ts';
import type { Scope } from './outcome.ts';
import { asEvent, overlay } from './registers.ts';
import { PENDING_ORDER, type MessageRecord, type OutboxRecord } from './rows.ts';

type Parked = OutboxState & { at: 'parked' };

/** Puts an op at the end of the outbox, with the row or register that shows it. */
export async function enqueue(scope: Scope, op: Op, state: OutboxState = { at: 'queued', attempted: false }): Promise<void> {
  const { tx, device } = scope;
  const n = ((await tx.outbox.all()).at(-1)?.n ?? 0) + 1;
  await tx.outbox.put({ n, opId: op.opId, log: op.log, op, wire: JSON.stringify(op), state, stagedAtMs: op.writtenAt });
  const conversation = conversationOf(op.log);
  if (op.type === 'message' && conversation) {
    await tx.messages.put({ ...pendingMessage(op, conversation, device.user, n), local: shownAs(state) });
  }
  await showAgain(scope, [op]);
}

/** Asks for a message the server had once, under the id it had: accepted as it was, or anew, or refused. [AP-5] */
export async function enqueueInDoubt({ tx }: Scope, op: Op): Promise<void> {
  const n = ((await tx.outbox.all()).at(-1)?.n ?? 0) + 1;
  const state = { at: 'queued', attempted: true } as const;
  await tx.outbox.put({
    n,
    opId: op.opId,
    log: op.log,
    op,
    wire: JSON.stringify(op),
    state,
    stagedAtMs: op.writtenAt,
    inDoubt: true,
  });
}

/** What the server does not take anew is lost there, and the person's again. An id it knows with other words was changed since. [AP-5] */
async function endDoubt(scope: Scope, entry: OutboxRecord, refusal: Parked['refusal']): Promise<void> {
  const { tx } = scope;
  await tx.outbox.remove([entry.n]);
  if (refusal !== 'conflict') await enqueue(scope, entry.op, { at: 'parked', refusal: 'lost-by-server', attempted: true });
}

/** What had no answer once is shown as waiting until it has one: the attempts in between tell a person nothing. */
export function shownAs(state: OutboxState): NonNullable<MessageRecord['local']> {
  if (state.at === 'answered') return 'sent';
  return state.at === 'sending' && state.again ? 'queued' : state.at;
}

/** Says something else with an op that never left: same id, same place. [OB-2] */
export async function rewrite(scope: Scope, entry: OutboxRecord, op: Op): Promise<void> {
  const { tx } = scope;
  await tx.outbox.put({ ...entry, op, wire: JSON.stringify(op) });
  const row = op.type === 'message' ? await tx.messages.get(op.opId) : undefined;
  if (row?.local && op.type === 'message') await tx.messages.put({ ...row, body: op.payload.body });
  await showAgain(scope, [op]);
}

/** Moves an entry to another state and its row with it. */
export async function move(scope: Scope, entry: OutboxRecord, state: OutboxState): Promise<void> {
  const { tx } = scope;
  await tx.outbox.put({ ...entry, state });
  if (entry.op.type === 'message') {
    const row = await tx.messages.get(entry.opId);
    if (row?.local) await tx.messages.put({ ...row, local: shownAs(state), order: PENDING_ORDER + entry.n });
  }
  if ((entry.state.at === 'parked') !== (state.at === 'parked')) await showAgain(scope, [entry.op]);
}

/** Takes entries out, and the rows that stood for them and nothing else. */
export async function take(scope: Scope, entries: readonly OutboxRecord[]): Promise<void> {
  if (entries.length === 0) return;
  const { tx } = scope;
  await tx.outbox.remove(entries.map(({ n }) => n));
  const rows = await tx.messages.getMany(entries.filter(({ op }) => op.type === 'message').map(({ opId }) => opId));
  await tx.messages.remove(rows.flatMap((row) => (row?.local ? [row.id] : [])));
  await showAgain(
    scope,
    entries.map(({ op }) => op),
  );
}

/** What a person sees of these ops besides their own rows: registers, and the line of the conversation in the list. */
async function showAgain(scope: Scope, ops: readonly Op[]): Promise<void> {
  const keys = new Set(ops.flatMap((op) => registerKeyOf(asEvent(op, scope.device.user, 1)) ?? []));
  for (const key of keys) await overlay(scope, key);
  const conversations = new Set(ops.flatMap((op) => (op.type === 'message' ? (conversationOf(op.log) ?? []) : [])));
  for (const id of conversations) await refreshConversation(scope, id);
}

/**
 * What a log holds now is no longer on its way: entries whose event came, whichever way it came, and answered ones that the
 * watermark has passed. What waited for a parked one that turned up after all may leave. [OB-6, AP-14]
 */
export async function settle(
  scope: Scope,
  { log, arrived, watermark }: { log: LogId; arrived: ReadonlySet<string>; watermark: Seq },
): Promise<void> {
  const { tx, device, outcome } = scope;
  const entries = await tx.outbox.all();
  const settled = entries.filter(
    (entry) => entry.log === log && (arrived.has(entry.opId) || device.rules.isSettled(entry, watermark)),
  );
  if (settled.length > 0) {
    await take(scope, settled);
    await release(scope, settled);
    outcome.nudge = true;
  }
  await undoCancelled(scope, arrived);
}

/** An op the person had taken back was accepted after all: what undoes it leaves now. [OB-8] */
export async function undoCancelled(scope: Scope, arrived: ReadonlySet<string>): Promise<void> {
  const { tx, outcome } = scope;
  if (arrived.size === 0) return;
  // Few are ever taken back, and many arrive: one request for all of them instead of one for each that arrived.
  const found = (await tx.cancelled.all()).filter(({ opId }) => arrived.has(opId));
  if (found.length === 0) return;
  await tx.cancelled.remove(found.map(({ opId }) => opId));
  for (const { undo } of found) {
    if (!undo) continue;
    await enqueue(scope, undo);
    outcome.nudge = true;
  }
}

/** Queues what was parked only because it waits for one of these. */
export async function release(scope: Scope, arrived: readonly OutboxRecord[]): Promise<void> {
  const { tx } = scope;
  for (const { op, state } of arrived) {
    if (state.at !== 'parked') continue;
    for (const entry of await tx.outbox.all()) {
      if (entry.state.at !== 'parked' || entry.state.refusal !== 'waits-for-parked' || !dependsOn(entry.op, op)) continue;
      await move(scope, entry, { at: 'queued', attempted: entry.state.attempted });
      await release(scope, [entry]);
    }
  }
}

/**
 * Keeps an op for the person, with what depends on it. A message whose deletion was waiting behind it is what the person
 * wanted gone: both are taken out, and the deletion is remembered in case the message turns up. [OB-5, OB-8]
 */
export async function park(scope: Scope, { n }: OutboxRecord, refusal: Parked['refusal']): Promise<void> {
  const { tx } = scope;
  const all = await tx.outbox.all();
  // Parking one before it may have taken this one out.
  const entry = all.find((one) => one.n === n);
  if (!entry) return;
  if (entry.inDoubt) return endDoubt(scope, entry, refusal);
  const behind = all.filter((other) => other.n > entry.n && other.state.at === 'queued');
  const dependents = behind.filter((other) => dependsOn(other.op, entry.op));
  const deletion = dependents.find(({ op }) => op.type === 'delete' && op.target === entry.opId);
  if (deletion) {
    await tx.cancelled.put({ opId: entry.opId, undo: deletion.op });
    return take(scope, [entry, ...dependents]);
  }
  await move(scope, entry, { at: 'parked', refusal, attempted: wasAttempted(entry.state) });
  for (const dependent of dependents) await park(scope, dependent, 'waits-for-parked');
}

/** A group that could not be made takes along what was to be said in it. */
export function dependsOn(op: Op, refused: Op): boolean {
  if (refused.type === 'group-created' && op.opId !== refused.opId) {
    return op.log === refused.log || ('conversation' in op.payload && `c:${op.payload.conversation}` === refused.log);
  }
  if ((op.type === 'starred' || op.type === 'hidden') && op.payload.message === refused.opId) return true;
  return namedBy(op).includes(refused.opId);
}

export const wasAttempted = (state: OutboxState): boolean =>
  state.at === 'sending' || state.at === 'answered' || ('attempted' in state && state.attempted);
