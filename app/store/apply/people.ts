import type { ChangeOf } from '../../sync/change.ts';
import type { Scope } from '../outcome.ts';
import { peopleCame } from '../people-wanted.ts';

/** Profiles, and who changed theirs. An older one than is held says nothing new, but may know a number. [PR-2, PR-4] */
export async function applyPeople(scope: Scope, { people, asked = [], changed = [] }: ChangeOf<'people'>): Promise<undefined> {
  const { tx, outcome } = scope;
  const held = await tx.people.getMany(people.map(({ id }) => id));
  const newer = people.filter((person, i) => {
    const known = held[i];
    return (
      !known ||
      person.changedAt > known.changedAt ||
      (person.changedAt === known.changedAt && JSON.stringify(person) !== JSON.stringify(known))
    );
  });
  if (newer.length > 0) await tx.people.putMany(newer);
  await peopleCame(scope, new Set([...asked, ...people.map(({ id }) => id)]));
  const known = await tx.people.getMany(changed.map(([user]) => user));
  changed.forEach(([user, at], i) => (known[i]?.changedAt ?? at) < at && outcome.outdated.add(user));
  return undefined;
}
