import { conversationOf, invariant } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Rejected } from '../../sync/ports.ts';
import { endStay, forgetHistory, purge } from '../membership.ts';
import type { Scope } from '../outcome.ts';

/** No longer a member: what was received goes, or ends where the stay did. [AP-6] */
export async function applyGone(scope: Scope, { gone }: ChangeOf<'gone'>): Promise<Rejected | undefined> {
  const id = conversationOf(gone.log);
  invariant(id, 'nobody leaves a self log');
  const record = await scope.tx.conversations.get(id);
  if (!record) return undefined;
  if (!scope.device.rules.windowFits({ from: gone.from, head: Math.max(gone.from, gone.to) }, record.watermark))
    return { kind: 'rejected', why: 'stale' };
  if (gone.purge) await purge(scope, id);
  else await endStay(scope, record, gone.to);
  return undefined;
}

/** The server knows of no such log for this person, and neither does the self log: what was received is not theirs any more. [AP-6] */
export async function applyUnknown(scope: Scope, { conversation }: ChangeOf<'unknown'>): Promise<Rejected | undefined> {
  const { tx, outcome } = scope;
  const record = await tx.conversations.get(conversation);
  // Made here and not delivered yet, or one's own log says otherwise: then it is not this answer that decides.
  const wasHeardOf = record !== undefined && (record.watermark > 0 || record.knownHead > 0);
  if (!wasHeardOf || record.spans) return undefined;
  await forgetHistory(scope, record, () => 'lost');
  await tx.conversations.remove([conversation]);
  outcome.heads.delete(conversation);
  outcome.gone.add(conversation);
  return undefined;
}
