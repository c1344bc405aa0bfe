import {
  registerKeys,
  selfLog,
  type ConversationId,
  type DroppedRegister,
  type MemberRegister,
  type OpId,
  type Seq,
  type UserId,
} from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import { droppedTo, setMembership } from '../membership.ts';
import { move, settle } from '../outbox.ts';
import type { Scope } from '../outcome.ts';
import { doubtPeople } from '../people-wanted.ts';
import { overlay } from '../registers.ts';
import type { RegisterRecord } from '../rows.ts';
import { saveConversation } from '../conversation.ts';
import { applyRows } from './rows.ts';
import { letGoOfDropped } from './self-run.ts';

/**
 * Everything of one's own log at once: a first sign-in, or a server whose history of it is another one. What it does not
 * name is not so any more; what was written here and is on its way stays. [AP-15]
 */
export async function applySelfSnapshot(
  scope: Scope,
  { snapshot: part, storeEpoch }: ChangeOf<'self-snapshot'>,
): Promise<undefined> {
  const { tx, device, outcome } = scope;
  const log = selfLog(device.user);
  const said = new Map(part.snapshot.map((register) => [register.key, register]));
  const epoch = (await tx.meta.get('storeEpoch'))?.value;
  if (epoch !== undefined && epoch !== storeEpoch) await doubtPeople(scope);
  const held = await tx.registers.all();
  await tx.registers.remove(held.map(({ key }) => key));
  const addedBy = await additions(scope, held);
  await tx.registers.putMany(
    part.snapshot.map(({ key, revised, value }) => {
      const by = key.startsWith(registerKeys.contact('' as UserId)) ? addedBy(key, revised) : undefined;
      return { key, revised, value, ...(by && { addedBy: by }) };
    }),
  );
  await tx.meta.putMany([
    { key: 'self', value: { watermark: part.at, chain: part.chain } },
    { key: 'storeEpoch', value: storeEpoch },
    { key: 'bootstrap', value: part.bootstrap },
  ]);
  // A server that forgot part of this log may have forgotten other answers too. It knows the ids it still has.
  for (const entry of await tx.outbox.all()) {
    const state = device.rules.afterReset(entry);
    if (state !== entry.state) await move(scope, entry, state);
  }
  for (const [key, { value }] of said) await spread(scope, key, value);
  for (const { local, key } of held) if (local) await overlay(scope, key);
  await forgetUnsaid(scope, said);
  await applyRows(scope, { kind: 'rows', rows: part.rows });
  outcome.self = { watermark: part.at, chain: part.chain };
  await settle(scope, { log, arrived: new Set(), watermark: 0 });
  outcome.nudge = true;
  return undefined;
}

/** Which op added a contact, as far as is known: from before, or because its answer names the event that wrote the register. [RG-6] */
async function additions({ tx }: Scope, held: readonly RegisterRecord[]) {
  const before = new Map(held.map(({ key, addedBy }) => [key, addedBy]));
  const answered = new Map<Seq, OpId>();
  for (const { op, opId, state } of await tx.outbox.all())
    if (op.type === 'contact-by-number' && state.at === 'answered') answered.set(state.seq, opId);
  return (key: string, revised: Seq): OpId | undefined => answered.get(revised) ?? before.get(key);
}

/** Registers that say something about other rows. */
async function spread(scope: Scope, key: string, value: unknown): Promise<void> {
  const [kind, subject] = key.split(':', 2) as [string, string];
  if (kind === 'member') await setMembership(scope, subject as ConversationId, value as MemberRegister, 'in-full');
  if (kind === 'blocked') scope.outcome.people.add(subject as UserId);
  if (kind === 'contact') scope.outcome.outdated.add(subject as UserId);
  if (kind === 'dropped' || kind === 'read' || kind === 'blocked') await overlay(scope, key);
  if (kind === 'dropped') await letGoOfDropped(scope, subject as ConversationId, (value as DroppedRegister).upTo);
}

/**
 * A stay or a removal the snapshot does not know never was: the next catch-up of that conversation says what becomes of it,
 * and what is not held of it is a hole.
 */
async function forgetUnsaid(scope: Scope, said: ReadonlyMap<string, unknown>): Promise<void> {
  for (const record of await scope.tx.conversations.all()) {
    const isIn = said.has(registerKeys.member(record.id));
    const droppedUpTo = await droppedTo(scope, record.id);
    if ((!record.spans || isIn) && droppedUpTo === record.droppedUpTo) continue;
    const { spans, ...rest } = record;
    await saveConversation(scope, { ...rest, droppedUpTo, ...(spans && isIn && { spans }) });
  }
}
