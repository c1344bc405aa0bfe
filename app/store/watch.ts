import { dequal } from 'dequal';
import { StorageError } from '../sync/ports.ts';
import { createCell, type Observable } from '../sync/state.ts';
import type { TableName, Tables } from './tables.ts';

export type Listener<T> = { next(value: T): void; error(error: unknown): void };

export interface Watch {
  /** A first result, then another whenever a table that was read has changed and the result with it. */
  observe<T>(work: (tables: Tables) => Promise<T>, listener: Listener<T>): () => void;
  /** Something was asked, and all of it is answered. */
  isAtRest(): boolean;
  /** Whether the disk fails again and again, so that what was told last may be old. */
  readonly disk: Observable<{ readonly isAway: boolean }>;
  /** Something was written. */
  changed(names: ReadonlySet<TableName>): void;
  /** What fails from now on fails because of that: nobody is told. */
  close(): void;
}

type ReadTables = <T>(work: (tables: Tables) => Promise<T>) => Promise<T>;

/** One query that somebody looks at: what it has read, and how it is asked again. */
type Watcher = {
  readonly ask: (tables: Tables) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
  names: Set<TableName>;
};

/** A disk that failed is asked again after so long. */
const againAfterMs = 1_000;

/**
 * Every query that is due runs in one read transaction, so that all of a screen tells of the same moment and rows that
 * several ask for are read once. What changes meanwhile makes one more round, not one for each change. When the
 * disk fails, all are asked again until it answers: what is on the screen, and what is typed into it, outlives that.
 */
export function createWatch(read: ReadTables): Watch {
  const watchers = new Set<Watcher>();
  const due = new Set<Watcher>();
  /** What was written while a round was under way: whether it saw that, nobody can tell. */
  let meanwhile: Set<TableName> | undefined;
  let misses = 0;
  const disk = createCell({ isAway: false });
  let again: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  const invalidate = (changed: ReadonlySet<TableName>) => {
    for (const watcher of watchers) if ([...changed].some((name) => watcher.names.has(name))) due.add(watcher);
  };

  /** `false` when the disk failed. */
  const round = async (): Promise<boolean> => {
    const asked = [...due];
    due.clear();
    const isRead = await ask(read, asked);
    if (!isRead) for (const watcher of asked) if (watchers.has(watcher)) due.add(watcher);
    return isRead;
  };
  const run = async (): Promise<void> => {
    if (meanwhile) return;
    while (due.size > 0 && !isClosed) {
      meanwhile = new Set();
      const isRead = await round();
      invalidate(meanwhile);
      if (isClosed) break;
      misses = isRead ? 0 : misses + 1;
      // Once is nothing to speak of.
      disk.set({ isAway: misses > 1 });
      if (!isRead) {
        clearTimeout(again);
        again = setTimeout(() => void run(), againAfterMs);
        break;
      }
    }
    meanwhile = undefined;
  };
  return {
    observe: (work, listener) => {
      const watcher: Watcher = createWatcher(work, listener, () => watchers.has(watcher) && !isClosed);
      watchers.add(watcher);
      due.add(watcher);
      queueMicrotask(() => void run());
      return () => {
        watchers.delete(watcher);
        due.delete(watcher);
      };
    },
    isAtRest: () => watchers.size > 0 && due.size === 0 && meanwhile === undefined,
    disk,
    changed: (names) => {
      for (const name of names) meanwhile?.add(name);
      if (!meanwhile) invalidate(names);
      void run();
    },
    close: () => {
      isClosed = true;
      clearTimeout(again);
    },
  };
}

/** Asks all in one transaction, then tells each its answer or its own failure; `false` when the disk failed. */
async function ask(read: ReadTables, asked: readonly Watcher[]): Promise<boolean> {
  const names = asked.map(() => new Set<TableName>());
  let tellings: readonly (() => void)[];
  try {
    tellings = await read((tables) =>
      Promise.all(
        asked.map((watcher, i) => watcher.ask(recorded(tables, names[i]!)).catch((error: unknown) => () => watcher.fail(error))),
      ),
    );
  } catch (error) {
    if (error instanceof StorageError) return false;
    for (const watcher of asked) watcher.fail(error);
    return true;
  }
  asked.forEach((watcher, i) => (watcher.names = names[i]!));
  for (const tell of tellings) tell();
  return true;
}

function createWatcher<T>(work: (tables: Tables) => Promise<T>, { next, error }: Listener<T>, isHeard: () => boolean): Watcher {
  let last: { readonly value: T } | undefined;
  return {
    names: new Set(),
    ask: async (tables) => {
      const value = await work(tables);
      return () => {
        if (!isHeard() || (last && dequal(last.value, value))) return;
        last = { value };
        next(value);
      };
    },
    fail: (reason) => isHeard() && error(reason),
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
