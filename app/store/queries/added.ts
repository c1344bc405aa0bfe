import { registerKeys, type OpId, type UserId } from '#sync-protocol';
import type { Tables } from '../tables.ts';
import { useStored } from './provider.tsx';

/** Whom an op that knew only a number added, once the server has said so and their profile is here. [RG-6] */
export const useAdded = (opId: OpId | undefined): UserId | null | undefined =>
  useStored(`added ${opId ?? ''}`, '', async (tx) => (opId === undefined ? null : readAdded(tx, opId)));

export async function readAdded(tx: Tables, opId: OpId): Promise<UserId | null> {
  const prefix = registerKeys.contact('' as UserId);
  const added = (await tx.registers.startingWith(prefix)).find(({ addedBy }) => addedBy === opId);
  const person = added && (await tx.people.get(added.key.slice(prefix.length) as UserId));
  return person?.id ?? null;
}
