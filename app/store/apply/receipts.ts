import { mergeReceipt, type ConversationId, type Receipt } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Scope } from '../outcome.ts';

/** How far others have received and read: the larger of what is known, in any order. [RC-1] */
export async function applyReceipts(scope: Scope, { receipts }: ChangeOf<'receipts'>): Promise<undefined> {
  for (const { conversation, people } of receipts) {
    for (const receipt of people) await mergePerson(scope, conversation, receipt);
  }
  return undefined;
}

export async function mergePerson({ tx }: Scope, conversationId: ConversationId, heard: Receipt): Promise<void> {
  const key = `${conversationId}:${heard.user}`;
  const held = await tx.receipts.get(key);
  const next = mergeReceipt(held, heard);
  const isSame = held && held.version === next.version && held.delivered === next.delivered && held.read === next.read;
  if (!isSame) await tx.receipts.put({ ...next, key, conversationId });
}
