import type { ConversationId, MessageId } from '#sync-protocol';
import type { MessageRecord } from './rows.ts';
import type { Backend, MessageTable, Orders, PrefixTable, Table, TableName, Tables } from './tables.ts';
import { createWatch } from './watch.ts';

type Undo = () => void;
type Journal = { undo: Undo[]; touched: Set<TableName> };
/** Rows are never changed in place, so keeping the object is keeping its value. */
type Held<Row, Key> = { readonly rows: Map<Key, Row>; readonly keyOf: (row: Row) => Key };

/** For tests, the simulator and browsers that refuse a database. One writer at a time, like a database. */
export function createMemoryBackend(): Backend {
  const journal: { open: Journal | undefined } = { open: undefined };
  const tables = createTables(journal);
  let last: Promise<unknown> = Promise.resolve();

  const write = async <T>(work: (tables: Tables) => Promise<T>): Promise<T> => {
    const mine: Journal = { undo: [], touched: new Set() };
    journal.open = mine;
    try {
      return await work(tables);
    } catch (error) {
      for (const undo of mine.undo.toReversed()) undo();
      mine.touched.clear();
      throw error;
    } finally {
      journal.open = undefined;
      if (mine.touched.size > 0) watch.changed(mine.touched);
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const read = <T>(work: (tables: Tables) => Promise<T>): Promise<T> => inTurn(() => work(tables));
  const watch = createWatch(read);
  return {
    kind: 'memory',
    write: (_names, work) => inTurn(() => write(work)),
    read,
    observe: watch.observe,
    isAtRest: watch.isAtRest,
    disk: watch.disk,
    close: watch.close,
    wipe: () => inTurn(() => write((all) => empty(all))),
  };
}

async function empty(tables: Tables): Promise<void> {
  await tables.meta.remove((await tables.meta.all()).map(({ key }) => key));
  await tables.conversations.remove((await tables.conversations.all()).map(({ id }) => id));
  await tables.messages.remove((await tables.messages.all()).map(({ id }) => id));
  await tables.outbox.remove((await tables.outbox.all()).map(({ n }) => n));
  await tables.registers.remove((await tables.registers.all()).map(({ key }) => key));
  await tables.people.remove((await tables.people.all()).map(({ id }) => id));
  await tables.receipts.remove((await tables.receipts.all()).map(({ key }) => key));
  await tables.drafts.remove((await tables.drafts.all()).map(({ conversationId }) => conversationId));
  await tables.cancelled.remove((await tables.cancelled.all()).map(({ opId }) => opId));
  await tables.raw.remove((await tables.raw.all()).map(({ key }) => key));
}

function createTables(journal: { open: Journal | undefined }): Tables {
  const table = <Row, Key extends string | number>(name: TableName, keyOf: (row: Row) => Key) =>
    createTable<Row, Key>({ rows: new Map(), keyOf }, name, journal);
  return {
    meta: table('meta', ({ key }) => key),
    conversations: table('conversations', ({ id }) => id),
    messages: createMessageTable(journal),
    outbox: table('outbox', ({ n }) => n),
    registers: withPrefix(table('registers', ({ key }) => key)),
    people: table('people', ({ id }) => id),
    receipts: withPrefix(table('receipts', ({ key }) => key)),
    drafts: table('drafts', ({ conversationId }) => conversationId),
    cancelled: table('cancelled', ({ opId }) => opId),
    raw: withPrefix(table('raw', ({ key }) => key)),
  };
}

function createTable<Row, Key extends string | number>(
  { rows, keyOf }: Held<Row, Key>,
  name: TableName,
  journal: { open: Journal | undefined },
): Table<Row, Key> {
  const restore = (key: Key) => {
    const before = rows.get(key);
    journal.open?.touched.add(name);
    journal.open?.undo.push(() => void (before === undefined ? rows.delete(key) : rows.set(key, before)));
  };
  const set = (row: Row) => {
    restore(keyOf(row));
    rows.set(keyOf(row), row);
  };
  return {
    get: async (key) => rows.get(key),
    getMany: async (keys) => keys.map((key) => rows.get(key)),
    put: async (row) => set(row),
    putMany: async (many) => many.forEach(set),
    remove: async (keys) => {
      for (const key of keys) {
        if (!rows.has(key)) continue;
        restore(key);
        rows.delete(key);
      }
    },
    all: async () => [...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
  };
}

const withPrefix = <Row>(table: Table<Row, string> & { keyOf?: never }): PrefixTable<Row> => ({
  ...table,
  startingWith: async (prefix) => (await table.all()).filter((row) => (row as { key: string }).key.startsWith(prefix)),
});

/** Messages are found by id and, within a conversation, by order. */
function createMessageTable(journal: { open: Journal | undefined }): MessageTable {
  const rows = new Map<MessageId, MessageRecord>();
  const byConversation = new Map<ConversationId, Map<MessageId, MessageRecord>>();
  const inConversation = (id: ConversationId) => {
    const held = byConversation.get(id) ?? new Map<MessageId, MessageRecord>();
    byConversation.set(id, held);
    return held;
  };
  const indexed = {
    get: (key: MessageId) => rows.get(key),
    set: (key: MessageId, row: MessageRecord) => {
      rows.set(key, row);
      inConversation(row.conversationId).set(key, row);
      return indexed;
    },
    delete: (key: MessageId) => {
      const row = rows.get(key);
      if (row) inConversation(row.conversationId).delete(key);
      return rows.delete(key);
    },
    has: (key: MessageId) => rows.has(key),
    entries: () => rows.entries(),
  };
  const table = createTable(
    { rows: indexed as unknown as typeof rows, keyOf: (row: MessageRecord) => row.id },
    'messages',
    journal,
  );
  return {
    ...table,
    between: async (conversation, { from, to, limit = Number.POSITIVE_INFINITY, newest = false }: Orders) => {
      const found = [...inConversation(conversation).values()]
        .filter(({ order }) => order >= from && order <= to)
        .toSorted((a, b) => a.order - b.order);
      return newest ? found.slice(Math.max(0, found.length - limit)) : found.slice(0, limit);
    },
  };
}
