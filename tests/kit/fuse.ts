import type { Tables } from '../../app/store/tables.ts';

/** Tables that call `burn` before every access; it throws when the disk, or the device, is to fail there. */
export function withFuse(tables: Tables, burn: () => void): Tables {
  const guard = (table: object): object =>
    Object.fromEntries(
      Object.entries(table).map(([name, method]) => [
        name,
        (...given: unknown[]) => {
          burn();
          return (method as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    );
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, guard(table as object)])) as unknown as Tables;
}

/** Tables that tell what is written through them. */
export function withSpy(tables: Tables, tell: (what: string) => void): Tables {
  const watch = (name: string, table: object): object =>
    Object.fromEntries(
      Object.entries(table).map(([verb, method]) => [
        verb,
        (...given: unknown[]) => {
          const isEmpty = Array.isArray(given[0]) && given[0].length === 0;
          if (['put', 'putMany', 'remove'].includes(verb) && !isEmpty) tell(`${verb} ${name}`);
          return (method as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    );
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, watch(name, table as object)]),
  ) as unknown as Tables;
}
