import {
  CHAIN_START,
  conversationLog,
  foldRegister,
  isHidden,
  registerKeyOf,
  understand,
  type ConversationId,
  type DroppedRegister,
  type KnownEvent,
  type MemberRegister,
  type Seq,
} from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Rejected } from '../../sync/ports.ts';
import { setMembership } from '../membership.ts';
import { settle } from '../outbox.ts';
import type { Scope } from '../outcome.ts';
import { answeredOf, overlay, refreshFor } from '../registers.ts';
import type { RegisterRecord } from '../rows.ts';
import { selfWatermark, watermarkOf } from '../watermarks.ts';

/** Events of one's own log: memberships, markers, contacts. Applied before any conversation part of the same response. [AP-15] */
export async function applySelfRun(scope: Scope, { run }: ChangeOf<'self-run'>): Promise<Rejected | undefined> {
  const { tx, device, outcome } = scope;
  const held = (await selfWatermark(tx)) ?? { watermark: 0, chain: CHAIN_START };
  const admission = device.rules.admit({ log: run.log, seq: held.watermark, chain: held.chain }, run);
  if (admission.kind !== 'apply') {
    return { kind: 'rejected', why: admission.kind, ...(admission.kind === 'broken' && { detail: admission.why }) };
  }
  const arrived = new Set<string>();
  for (const item of admission.items) {
    if (isHidden(item)) continue;
    arrived.add(item.opId);
    const known = understand(item);
    if (known) await applySelfEvent(scope, known);
    else if (!item.blank)
      await tx.raw.put({ key: `${run.log}:${String(item.seq).padStart(12, '0')}`, log: run.log, event: item });
  }
  const self = { watermark: admission.to.seq, chain: admission.to.chain };
  await tx.meta.put({ key: 'self', value: self });
  outcome.self = self;
  await settle(scope, { log: run.log, arrived, watermark: self.watermark });
  return undefined;
}

export async function applySelfEvent(scope: Scope, event: KnownEvent): Promise<void> {
  const { tx, outcome } = scope;
  const key = registerKeyOf(event);
  if (key === undefined) return;
  const held = await tx.registers.get(key);
  if (held && held.revised >= event.seq) return;
  const next = foldRegister(answeredOf(held), event);
  if (!next) return;
  const addedBy = event.type === 'contact' ? event.opId : held?.addedBy;
  await tx.registers.put({ ...next, ...(held?.local && { local: held.local }), ...(addedBy && { addedBy }) } as RegisterRecord);
  if (event.type === 'joined' || event.type === 'left') {
    await setMembership(scope, event.payload.conversation as ConversationId, next.value as MemberRegister);
  }
  if (event.type === 'blocked') outcome.people.add(event.payload.user);
  // Numbers are in no register: one's own may have changed, and that of whom one added may be seen now. [AC-14]
  if (event.type === 'profile') outcome.outdated.add(event.by);
  // What they changed before one had to do with them was told to nobody here. [PR-3]
  if (event.type === 'contact' || event.type === 'contact-of') outcome.outdated.add(event.payload.user);
  if (event.type === 'joined' && event.payload.with) outcome.outdated.add(event.payload.with);
  // What is on its way was worked out over what stood there before.
  if (held?.local) await overlay(scope, key);
  else await refreshFor(scope, key);
  if (event.type === 'dropped') await letGoOfDropped(scope, event.payload.conversation, (next.value as DroppedRegister).upTo);
}

/** What was accepted in what is removed for oneself will not be caught up: it counts as passed. [OB-6] */
export async function letGoOfDropped(scope: Scope, conversation: ConversationId, upTo: Seq): Promise<void> {
  const log = conversationLog(conversation);
  await settle(scope, { log, arrived: new Set(), watermark: Math.max(upTo, await watermarkOf(scope.tx, log)) });
}
