import { dequal } from 'dequal';
import type { TableName, Tables } from './tables.ts';

export type Listener<T> = { next(value: T): void; error(error: unknown): void };

export interface Watch {
  /** A first result, then another whenever a table that was read has changed and the result with it. */
  observe<T>(work: (tables: Tables) => Promise<T>, listener: Listener<T>): () => void;
  /** Something was asked, and all of it is answered. */
  isAtRest(): boolean;
  /** Something was written. */
  changed(names: ReadonlySet<TableName>): void;
  /** What fails from now on fails because of that: nobody is told. */
  close(): void;
}

/** One query that somebody looks at: what it has read, and how it is asked again. */
type Watcher = {
  readonly ask: (tables: Tables) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
  names: Set<TableName>;
};

/**
 * Every query that is due runs in one read transaction, so that all of a screen tells of the same moment and rows that
 * several ask for are read once. What changes meanwhile makes one more round, not one for each change.
 */
export function createWatch(read: <T>(work: (tables: Tables) => Promise<T>) => Promise<T>): Watch {
  const watchers = new Set<Watcher>();
  const due = new Set<Watcher>();
  /** What was written while a round was under way: whether it saw that, nobody can tell. */
  let meanwhile: Set<TableName> | undefined;
  let isClosed = false;
  const invalidate = (changed: ReadonlySet<TableName>) => {
    for (const watcher of watchers) if ([...changed].some((name) => watcher.names.has(name))) due.add(watcher);
  };

  const round = async (): Promise<void> => {
    const asked = [...due];
    due.clear();
    const names = asked.map(() => new Set<TableName>());
    try {
      const tellings = await read((tables) =>
        Promise.all(
          asked.map((watcher, i) =>
            watcher.ask(recorded(tables, names[i]!)).catch((error: unknown) => () => watcher.fail(error)),
          ),
        ),
      );
      asked.forEach((watcher, i) => (watcher.names = names[i]!));
      for (const tell of tellings) tell();
    } catch (error) {
      for (const watcher of asked) watcher.fail(error);
    }
  };
  const run = async (): Promise<void> => {
    if (meanwhile) return;
    while (due.size > 0 && !isClosed) {
      meanwhile = new Set();
      await round();
      invalidate(meanwhile);
    }
    meanwhile = undefined;
  };
  return {
    observe: (work, { next, error }) => {
      let last: { readonly value: unknown } | undefined;
      const watcher: Watcher = {
        names: new Set(),
        ask: async (tables) => {
          const value = await work(tables);
          return () => {
            if (!watchers.has(watcher) || (last && dequal(last.value, value))) return;
            last = { value };
            next(value);
          };
        },
        fail: (reason) => watchers.has(watcher) && !isClosed && error(reason),
      };
      watchers.add(watcher);
      due.add(watcher);
      queueMicrotask(() => void run());
      return () => {
        watchers.delete(watcher);
        due.delete(watcher);
      };
    },
    isAtRest: () => watchers.size > 0 && due.size === 0 && meanwhile === undefined,
    changed: (names) => {
      for (const name of names) meanwhile?.add(name);
      if (!meanwhile) invalidate(names);
      void run();
    },
    close: () => {
      isClosed = true;
    },
  };
}

/** The same tables, noting which are looked at. */
const recorded = (tables: Tables, names: Set<TableName>): Tables =>
  new Proxy(tables, {
    get: (all, name: TableName) => {
      names.add(name);
      return all[name];
    },
  });
