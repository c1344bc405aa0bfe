import type { Locales } from '../../ui/dates.ts';

/** In the order of the locale: case and accents aside, numbers by value. */
export function byName<Person extends { readonly name: string }>(people: readonly Person[], locales: Locales): readonly Person[] {
  const { compare } = new Intl.Collator(locales as string | string[], { sensitivity: 'base', numeric: true });
  return people.toSorted((a, b) => compare(a.name, b.name));
}
