import type { Locales } from '../../ui/dates.ts';

export type LetterGroup<Person> = { readonly letter: string; readonly people: readonly Person[] };

/** In the order of the locale, under the first letter; what begins with no letter comes last. */
export function byLetter<Person extends { readonly name: string }>(
  people: readonly Person[],
  locales: Locales,
): readonly LetterGroup<Person>[] {
  const { compare } = new Intl.Collator(locales as string | string[], { sensitivity: 'base', numeric: true });
  const groups = new Map<string, Person[]>();
  for (const person of [...people].sort((a, b) => compare(a.name, b.name))) {
    const letter = letterOf(person.name);
    groups.set(letter, [...(groups.get(letter) ?? []), person]);
  }
  return [...groups]
    .map(([letter, members]) => ({ letter, people: members }))
    .sort((a, b) => Number(a.letter === '#') - Number(b.letter === '#') || compare(a.letter, b.letter));
}

function letterOf(name: string): string {
  const [first] = name.trim().normalize('NFD');
  return first !== undefined && /\p{L}/u.test(first) ? first.toLocaleUpperCase() : '#';
}
