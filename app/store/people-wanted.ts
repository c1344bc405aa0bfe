import type { UserId } from '#sync-protocol';
import type { Scope } from './outcome.ts';

const key = 'peopleWanted';

/** Whose profiles are still to be asked for. At first it is one's own. */
export const peopleWanted = async ({ tx, device }: Scope): Promise<readonly UserId[]> =>
  ((await tx.meta.get(key))?.value as readonly UserId[] | undefined) ?? [device.user];

/** Stored with what names them: the app may be closed before it has asked. [EN-11] */
export async function wantPeople(scope: Scope): Promise<readonly UserId[]> {
  const { tx, outcome } = scope;
  const named = [...outcome.people];
  const held = await tx.people.getMany(named);
  const lacking = [...outcome.outdated, ...named.filter((_, i) => !held[i])];
  if (lacking.length > 0) await tx.meta.put({ key, value: [...new Set([...(await peopleWanted(scope)), ...lacking])] });
  return lacking;
}

export async function peopleCame(scope: Scope, users: ReadonlySet<UserId>): Promise<void> {
  const value = (await peopleWanted(scope)).filter((user) => !users.has(user));
  await scope.tx.meta.put({ key, value });
}
