import { Dexie, type ObservabilitySet, type Table as DexieTable } from 'dexie';
import { StorageError, type StorageFault } from '../sync/ports.ts';
import { ChatterDb } from './db.ts';
import { createKept, memoised, type Kept } from './memo.ts';
import type { Backend, MessageTable, PrefixTable, Table, TableName, Tables } from './tables.ts';
import { createWatch } from './watch.ts';

const OPEN_MS_MAX = 3_000;
const REOPENS_MAX = 3;
/** They say who people are and what was chosen: every screen reads them, and few messages change them. */
const slowTables: readonly TableName[] = ['registers', 'people', 'receipts', 'meta'];

/**
 * The browser's database. Opens within three seconds or throws: an upgrade blocked by another tab never settles. A lost
 * connection (Safari drops it in the background) is opened again and the work repeated, which is safe because a transaction
 * that failed wrote nothing. When it is opened again and is empty, the browser has cleared it: whoever asked starts anew.
 */
export async function openDexieBackend(name: string, events: { onClosed(): void }): Promise<Backend> {
  const db = new ChatterDb(name);
  const tables = tablesOf(db);
  let isClosed = false;
  const withReopen = createReopening(db, () => isClosed);
  const readWith = <T>(work: (tables: Tables) => Promise<T>, kept?: Kept): Promise<T> =>
    // Dexie keeps its transaction over awaits only when it sees that the scope is an async function.
    withReopen(() => db.transaction('r', db.tables, async () => work(memoised(tables, kept))));
  const kept = createKept(slowTables);
  const watch = createWatch((work) => readWith(work, kept));
  const onMutated = (parts: ObservabilitySet) => {
    const changed = tablesIn(name, parts);
    kept.forget(changed);
    watch.changed(changed);
  };
  Dexie.on('storagemutated', onMutated);
  const close = () => {
    isClosed = true;
    Dexie.on.storagemutated.unsubscribe(onMutated);
    watch.close();
    db.close();
  };
  // An older tab must not hold up a newer one's upgrade. It stops; what it staged is on disk.
  db.on('versionchange', () => {
    close();
    events.onClosed();
    // Nothing is left for Dexie to do, which would warn of what is meant to be.
    return false;
  });
  await openInTime(db);
  // What the engine remembers is not on this disk any more.
  db.on('populate', () => {
    close();
    events.onClosed();
  });
  return {
    kind: 'disk',
    write: (names, work) =>
      withReopen(() =>
        db.transaction(
          'rw',
          names.map((one) => db.table(one)),
          async () => work(memoised(tables)),
        ),
      ),
    read: (work) => readWith(work),
    observe: watch.observe,
    isAtRest: watch.isAtRest,
    disk: watch.disk,
    close,
    wipe: async () => {
      close();
      const rest = new Dexie(name);
      // A transaction that is still ending, here or in another tab, only delays it: not worth Dexie's own warning, which `false` stops.
      rest.on('blocked', () => false);
      await rest.delete();
    },
  };
}

type WithReopen = <T>(work: () => Promise<T>) => Promise<T>;

/** Repeats work whose connection was lost on another one, which several that lost the same share. */
function createReopening(db: ChatterDb, isClosed: () => boolean): WithReopen {
  /** Another one whenever it was opened again, by whoever met the loss first: here, or Dexie by itself. */
  const connection = (): IDBDatabase | null => db.backendDB();
  let reopening: Promise<void> | undefined;
  const reopen = (): Promise<void> => (reopening ??= openInTime(db).finally(() => (reopening = undefined)));
  return async (work) => {
    for (let reopened = 0; ; reopened++) {
      if (!connection() && !isClosed()) await reopen();
      const mine = connection();
      try {
        return await work();
      } catch (error) {
        // What was under way when it was closed fails in any way.
        const fault = connection() === mine ? faultOf(error) : 'closed';
        if (fault === undefined) throw error;
        if (fault !== 'closed' || isClosed() || reopened >= REOPENS_MAX) throw new StorageError(fault, { cause: error });
        if (connection() === mine) db.close({ disableAutoOpen: false });
      }
    }
  };
}

/** Dexie says what was written, here or in another tab, as ranges of keys by `idb://database/table/index`. */
function tablesIn(database: string, parts: ObservabilitySet): ReadonlySet<TableName> {
  const prefix = `idb://${database}/`;
  const own = Object.keys(parts).filter((part) => part.startsWith(prefix));
  return new Set(own.map((part) => part.slice(prefix.length).split('/', 1)[0] as TableName));
}

async function openInTime(db: ChatterDb): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StorageError('blocked')), OPEN_MS_MAX);
  });
  try {
    await Promise.race([openInSpite(db), late]);
  } catch (error) {
    // Nobody waits for it any longer, and open it would be in the way of others.
    db.close({ disableAutoOpen: false });
    throw error instanceof StorageError ? error : new StorageError('unavailable', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A browser that has just lost a connection may lose the next one too. */
async function openInSpite(db: ChatterDb): Promise<void> {
  for (let reopened = 0; ; reopened++) {
    try {
      await db.open();
      // Dexie takes a database that fails at its first look for opened, and then has no tables.
      if ((db.core as typeof db.core | undefined) === undefined) throw new StorageError('closed');
      return;
    } catch (error) {
      if (faultOf(error) !== 'closed' || reopened >= REOPENS_MAX) throw error;
      db.close({ disableAutoOpen: false });
    }
  }
}

const faults: Readonly<Record<string, StorageFault>> = {
  QuotaExceededError: 'full',
  DatabaseClosedError: 'closed',
  InvalidStateError: 'closed',
  UnknownError: 'closed',
  OpenFailedError: 'unavailable',
  MissingAPIError: 'unavailable',
};

/**
 * What the disk meant, or `undefined` when the error is not the disk's. Quota comes as an abort with the reason inside; one
 * without a reason is what a browser does to all that is under way when it takes the database away.
 */
function faultOf(error: unknown): StorageFault | undefined {
  if (error instanceof StorageError) return error.fault;
  for (let one: unknown = error; one instanceof Object && 'name' in one; one = 'inner' in one ? one.inner : undefined) {
    const fault = faults[String(one.name)];
    if (fault) return fault;
  }
  return error instanceof Object && 'name' in error && error.name === 'AbortError' ? 'closed' : undefined;
}

function tablesOf(db: ChatterDb): Tables {
  return {
    meta: tableOf(db.meta),
    conversations: tableOf(db.conversations),
    messages: messageTableOf(db),
    outbox: tableOf(db.outbox),
    registers: prefixTableOf(db.registers),
    people: tableOf(db.people),
    receipts: prefixTableOf(db.receipts),
    drafts: tableOf(db.drafts),
    cancelled: tableOf(db.cancelled),
    raw: prefixTableOf(db.raw),
  };
}

/** Each row is copied before the browser turns to anything else: what a person does waits for so many. */
const putAtOnce = 150;

function tableOf<Row, Key extends string | number>(table: DexieTable<Row, Key>): Table<Row, Key> {
  return {
    get: (key) => table.get(key),
    getMany: async (keys) => (keys.length === 0 ? [] : table.bulkGet([...keys])),
    put: async (row) => void (await table.put(row)),
    putMany: async (rows) => {
      for (let from = 0; from < rows.length; from += putAtOnce) await table.bulkPut(rows.slice(from, from + putAtOnce));
    },
    remove: async (keys) => void (keys.length > 0 && (await table.bulkDelete([...keys]))),
    all: () => table.toArray(),
  };
}

const prefixTableOf = <Row>(table: DexieTable<Row, string>): PrefixTable<Row> => ({
  ...tableOf(table),
  startingWith: (prefix) => table.where(':id').startsWith(prefix).toArray(),
});

const messageTableOf = (db: ChatterDb): MessageTable => ({
  ...tableOf(db.messages),
  between: async (conversation, { from, to, limit, newest }) => {
    let found = db.messages.where('[conversationId+order]').between([conversation, from], [conversation, to], true, true);
    if (newest) found = found.reverse();
    if (limit !== undefined) found = found.limit(limit);
    const rows = await found.toArray();
    return newest ? rows.toReversed() : rows;
  },
});
