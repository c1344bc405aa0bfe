import { CHAIN_START, type ConversationId } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import { headOf, type Scope } from '../outcome.ts';

/**
 * How far the server's conversations go. What is beyond the watermark, or goes another way there, is known to be missing;
 * nothing is deleted for it. [RT-3]
 */
export async function applyHeads({ tx, outcome }: Scope, { heads, all }: ChangeOf<'heads'>): Promise<undefined> {
  for (const [id, head, chain] of heads) {
    const record = await tx.conversations.get(id);
    if (!record?.row) outcome.unknown.add(id);
    if (!record) continue;
    const next = { ...record, knownHead: Math.max(head, record.watermark), knownChain: chain };
    if (record.knownHead === next.knownHead && record.knownChain === chain) continue;
    await tx.conversations.put(next);
    outcome.heads.set(id, headOf(next));
  }
  if (all) await doubtOthers({ tx, outcome }, new Set(heads.map(([id]) => id)));
  return undefined;
}

/** What the server does not list and this device counts is asked for by name: only an answer about it decides. [RT-3] */
async function doubtOthers({ tx, outcome }: Pick<Scope, 'tx' | 'outcome'>, listed: ReadonlySet<ConversationId>): Promise<void> {
  for (const record of await tx.conversations.all()) {
    if (listed.has(record.id) || record.knownHead <= record.droppedUpTo || record.knownChain === CHAIN_START) continue;
    const next = { ...record, knownChain: CHAIN_START };
    await tx.conversations.put(next);
    outcome.heads.set(record.id, headOf(next));
  }
}
