import type { ChangeOf } from '../../sync/change.ts';
import { headOf, type Scope } from '../outcome.ts';

/**
 * How far the server's conversations go. What is beyond the watermark, or goes another way there, is known to be missing;
 * nothing is deleted for it. [RT-3]
 */
export async function applyHeads({ tx, outcome }: Scope, { heads }: ChangeOf<'heads'>): Promise<undefined> {
  for (const [id, head, chain] of heads) {
    const record = await tx.conversations.get(id);
    if (!record?.row) outcome.unknown.add(id);
    if (!record) continue;
    const next = { ...record, knownHead: Math.max(head, record.watermark), knownChain: chain };
    if (record.knownHead === next.knownHead && record.knownChain === chain) continue;
    await tx.conversations.put(next);
    outcome.heads.set(id, headOf(next));
  }
  return undefined;
}
