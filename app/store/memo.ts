import type { Tables } from './tables.ts';

const writes: ReadonlySet<string> = new Set(['put', 'putMany', 'remove']);

/**
 * The tables of one transaction, asked for the same thing once. Nobody else writes while it lasts, and a write of its own
 * forgets what was read of its table. In a database of the browser each request costs the same, however little it asks for.
 */
export const memoised = (tables: Tables): Tables =>
  each(tables, (table) => {
    const held = new Map<string, unknown>();
    return each(table as unknown as Record<string, Method>, (method, name): Method =>
      writes.has(name)
        ? (...args) => {
            held.clear();
            return method(...args);
          }
        : (...args) => {
            const asked = `${name} ${JSON.stringify(args)}`;
            if (!held.has(asked)) held.set(asked, method(...args));
            return held.get(asked);
          },
    );
  });

type Method = (...args: unknown[]) => unknown;

const each = <T extends object>(whole: T, change: (part: T[keyof T], name: string) => unknown): T =>
  Object.fromEntries(Object.entries(whole).map(([name, part]) => [name, change(part as T[keyof T], name)])) as T;
