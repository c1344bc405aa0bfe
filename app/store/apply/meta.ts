import type { ChangeOf } from '../../sync/change.ts';
import type { Scope } from '../outcome.ts';
import { doubtPeople } from '../people-wanted.ts';

/** Another store answers. Nothing is deleted for it: chains say, log by log, whether its history is the one seen here. */
export async function applyStoreEpoch(scope: Scope, { storeEpoch }: ChangeOf<'store-epoch'>): Promise<undefined> {
  const { tx } = scope;
  await tx.meta.put({ key: 'storeEpoch', value: storeEpoch });
  await tx.meta.remove(['since']);
  await doubtPeople(scope);
  return undefined;
}

export async function applySynced({ tx }: Scope, { since }: ChangeOf<'synced'>): Promise<undefined> {
  await tx.meta.put({ key: 'since', value: since });
  return undefined;
}
