import type { ConversationState, UserId } from '#sync-protocol';
import type { Scope } from './outcome.ts';

const key = 'peopleWanted';

/** Whose profiles are still to be asked for. At first it is one's own. */
export const peopleWanted = async ({ tx, device }: Scope): Promise<readonly UserId[]> =>
  ((await tx.meta.get(key))?.value as readonly UserId[] | undefined) ?? [device.user];

/** Stored with what names them: the app may be closed before it has asked. [EN-11] */
export async function wantPeople(scope: Scope): Promise<readonly UserId[]> {
  const { tx, device, outcome } = scope;
  const named = [...outcome.people].filter((user) => !device.known.has(user));
  const held = await tx.people.getMany(named);
  outcome.afterwards.push(() => held.forEach((person) => person && device.known.add(person.id)));
  const lacking = [...outcome.outdated, ...named.filter((_, i) => !held[i])];
  if (lacking.length > 0) await tx.meta.put({ key, value: [...new Set([...(await peopleWanted(scope)), ...lacking])] });
  return lacking;
}

/**
 * Everybody in a conversation. Whoever was not in it with this person before may have changed their profile unheard, so an
 * older one that is held does not do. [PR-3]
 */
export function nameMembers(
  { device, outcome }: Scope,
  before: ConversationState | undefined,
  { members }: ConversationState,
): void {
  const known = new Set(before?.members.map(([user]) => user));
  const wasIn = known.has(device.user);
  for (const [user] of members) {
    outcome.people.add(user);
    if (user !== device.user && !(wasIn && known.has(user))) outcome.outdated.add(user);
  }
}

/** A store that went back in time has forgotten changes too: whatever it says now replaces what is held. [PR-4] */
export async function doubtPeople({ tx, outcome }: Scope): Promise<void> {
  const held = await tx.people.all();
  await tx.people.putMany(held.map((person) => ({ ...person, changedAt: 0 })));
  for (const { id } of held) outcome.outdated.add(id);
}

export async function peopleCame(scope: Scope, users: ReadonlySet<UserId>): Promise<void> {
  const wanted = await peopleWanted(scope);
  const value = wanted.filter((user) => !users.has(user));
  if (value.length < wanted.length) await scope.tx.meta.put({ key, value });
}
