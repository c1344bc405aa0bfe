import type { TableName, Tables } from './tables.ts';

const writes: ReadonlySet<string> = new Set(['put', 'putMany', 'remove']);

/** What was read of some tables, by what was asked, until somebody writes to them. */
export interface Kept {
  /** `undefined` for a table whose rows are not kept. Whoever holds this when the table changes holds what is forgotten. */
  of(name: TableName): Map<string, unknown> | undefined;
  forget(changed: Iterable<TableName>): void;
}

export function createKept(names: readonly TableName[]): Kept {
  const kept = new Map(names.map((name) => [name, new Map<string, unknown>()]));
  return {
    of: (name) => kept.get(name),
    forget: (changed) => {
      for (const name of changed) if (kept.has(name)) kept.set(name, new Map());
    },
  };
}

/**
 * The tables of one transaction, asked for the same thing once, and not at all for what is kept from the ones before. Nobody
 * else writes while it lasts, and a write of its own forgets what was read of its table. In a database of the browser each
 * request costs the same, however little it asks for.
 */
export const memoised = (tables: Tables, kept?: Kept): Tables =>
  each(tables, (table, tableName) => {
    const held = new Map<string, unknown>();
    const before = kept?.of(tableName as TableName);
    const ask = (asked: string, method: Method, args: unknown[]): unknown => {
      if (before?.has(asked)) return Promise.resolve(before.get(asked));
      const answer = method(...args) as Promise<unknown>;
      // Who asked hears of a failure; here there is nothing to keep then.
      if (before) {
        answer.then(
          (value) => before.set(asked, value),
          () => undefined,
        );
      }
      return answer;
    };
    return each(table as unknown as Record<string, Method>, (method, name): Method =>
      writes.has(name)
        ? (...args) => {
            held.clear();
            return method(...args);
          }
        : (...args) => {
            const asked = `${name} ${JSON.stringify(args)}`;
            if (!held.has(asked)) held.set(asked, ask(asked, method, args));
            return held.get(asked);
          },
    );
  });

type Method = (...args: unknown[]) => unknown;

const each = <T extends object>(whole: T, change: (part: T[keyof T], name: string) => unknown): T =>
  Object.fromEntries(Object.entries(whole).map(([name, part]) => [name, change(part as T[keyof T], name)])) as T;
