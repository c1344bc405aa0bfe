import type { ChangeOf } from '../../sync/change.ts';
import type { Scope } from '../outcome.ts';
import { peopleCame } from '../people-wanted.ts';

/** Profiles. An older one than is held says nothing new, but may know a number. */
export async function applyPeople(scope: Scope, { people, asked = [] }: ChangeOf<'people'>): Promise<undefined> {
  const { tx } = scope;
  const held = await tx.people.getMany(people.map(({ id }) => id));
  const newer = people.filter((person, i) => {
    const known = held[i];
    return (
      !known ||
      person.changedAt > known.changedAt ||
      (person.changedAt === known.changedAt && JSON.stringify(person) !== JSON.stringify(known))
    );
  });
  await tx.people.putMany(newer);
  await peopleCame(scope, new Set([...asked, ...people.map(({ id }) => id)]));
  return undefined;
}
