import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { anOp, anOpId, aUser } from '#sync-protocol/testing';
import { StorageError } from '../sync/ports.ts';
import { openDexieBackend } from './dexie-backend.ts';
import { createLocalStore } from './local-store.ts';

let databases = 0;
const newName = () => `lost-${databases++}`;
const said = [1, 2, 3];

type Fault = (db: IDBDatabase) => void | 'abort';

/** What a browser does to a connection, each at one call of `transaction`. Safari closes it in the background and says so only then. */
const faults: Readonly<Record<string, Fault>> = {
  'the connection is closed': (db) => db.close(),
  'the transaction is aborted': () => 'abort',
  UnknownError: () => {
    throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
  },
  InvalidStateError: () => {
    throw new DOMException('The database connection is closing', 'InvalidStateError');
  },
};

/** Dexie keeps the function as it was when it opened, so the fault lies inside it. */
let onCall: Fault | undefined;
const original = IDBDatabase.prototype.transaction;
beforeAll(() => {
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const end = onCall?.(this);
    const transaction = original.apply(this, args);
    if (end) transaction.abort();
    return transaction;
  };
});
afterEach(mend);
afterAll(() => {
  IDBDatabase.prototype.transaction = original;
});

function mend(): void {
  onCall = undefined;
}

/** From the n-th call on for so many calls; answers how many there were. */
function failAt(n: number, fault: Fault, times = 1): () => number {
  let calls = 0;
  onCall = (db) => {
    calls += 1;
    return calls >= n && calls < n + times ? fault(db) : undefined;
  };
  return () => calls;
}

/** What is left in the outbox after three messages, and how often the database was called for it. */
async function tellStory(n: number, fault: Fault) {
  const backend = await openDexieBackend(newName(), { onClosed: () => {} });
  const store = createLocalStore(backend, { user: aUser(1) });
  const calls = failAt(n, fault);
  for (const each of said) await store.stage(anOp(each));
  const { leaderTerm } = await store.lead();
  const taken = await store.takeNext({ leaderTerm, limit: { ops: 10, bytes: 100_000 }, skip: new Set() });
  const rows = await backend.read((tables) => tables.outbox.all());
  mend();
  expect(rows.map(({ opId }) => opId)).toEqual(taken.map(({ opId }) => opId));
  backend.close();
  return { calls: calls(), taken: taken.map(({ opId }) => opId) };
}

for (const [what, fault] of Object.entries(faults)) {
  test(`[LS-1][LS-2] ${what} at any one call of the database: it is opened again, and every op is staged once`, async () => {
    const { calls } = await tellStory(Infinity, fault);
    expect(calls).toBeGreaterThan(said.length);
    for (let n = 1; n <= calls; n++) {
      const { taken } = await tellStory(n, fault);
      expect(taken, `at call ${n} of ${calls}`).toEqual(said.map((one) => anOpId(one)));
    }
  });
}

for (const [what, fault] of Object.entries(faults)) {
  test(`[LS-1] ${what} at any one call while several read and write: all are answered, and no query is told a failure`, async () => {
    const story = async (n: number) => {
      const backend = await openDexieBackend(newName(), { onClosed: () => {} });
      const store = createLocalStore(backend, { user: aUser(1) });
      const told: number[][] = [[], []];
      const failed = vi.fn<(error: unknown) => void>();
      const calls = failAt(n, fault);
      const reading = backend.read(async (tables) => (await tables.messages.all()).length);
      const writing = said.map((each) => store.stage(anOp(each)));
      for (const answers of told)
        backend.observe(async (tables) => (await tables.outbox.all()).length, {
          next: (value) => answers.push(value),
          error: failed,
        });
      await Promise.all([reading, ...writing]);
      await vi.waitUntil(() => told.every((answers) => answers.at(-1) === said.length), { timeout: 5_000 });
      mend();
      expect(failed).not.toHaveBeenCalled();
      backend.close();
      return calls();
    };
    const calls = await story(Infinity);
    for (let n = 1; n <= calls; n++) await story(n);
  });
}

test('a database that is lost for good is opened three times more and then said to be lost', async () => {
  const backend = await openDexieBackend(newName(), { onClosed: () => {} });
  const store = createLocalStore(backend, { user: aUser(1) });
  await store.stage(anOp(1));
  failAt(1, faults['UnknownError']!, Infinity);
  const opens = vi.spyOn(IDBFactory.prototype, 'open');
  await expect(store.stage(anOp(2))).rejects.toMatchObject(new StorageError('closed'));
  expect(opens.mock.calls.length).toBeLessThanOrEqual(3);
  expect(opens.mock.calls.length).toBeGreaterThan(0);
  mend();
  opens.mockRestore();
  // It comes back when the browser does.
  await store.stage(anOp(3));
  expect((await backend.read((tables) => tables.outbox.all())).map(({ opId }) => opId)).toEqual([anOpId(1), anOpId(3)]);
  backend.close();
});

test('a database that the browser cleared is not gone on with, empty: whoever opened it is told, once', async () => {
  const name = newName();
  const onClosed = vi.fn<() => void>();
  const backend = await openDexieBackend(name, { onClosed });
  const store = createLocalStore(backend, { user: aUser(1) });
  await store.stage(anOp(1));
  failAt(1, (db) => {
    db.close();
    indexedDB.deleteDatabase(name);
  });
  await expect(store.stage(anOp(2))).rejects.toBeInstanceOf(StorageError);
  expect(onClosed).toHaveBeenCalledTimes(1);
});

test('a database that fails at the first look at it is opened again', async () => {
  // Dexie's own look at what is there; with an upgrade it has none.
  const name = newName();
  (await openDexieBackend(name, { onClosed: () => {} })).close();
  failAt(1, faults['UnknownError']!);
  const backend = await openDexieBackend(name, { onClosed: () => {} });
  mend();
  expect(await backend.read((tables) => tables.outbox.all())).toEqual([]);
  backend.close();
});

test('an opening that the browser breaks off is tried again', async () => {
  const name = newName();
  const original = IDBFactory.prototype.open;
  let broken = 0;
  const opens = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
    if (broken++ > 0) return original.apply(this, args);
    throw new DOMException('The connection was closed.', 'AbortError');
  });
  const backend = await openDexieBackend(name, { onClosed: () => {} });
  opens.mockRestore();
  expect(broken).toBeGreaterThan(1);
  await createLocalStore(backend, { user: aUser(1) }).stage(anOp(1));
  backend.close();
});

test('a database that another connection still holds is deleted when that one lets go, and nothing is warned of meanwhile', async () => {
  const warned = vi.spyOn(console, 'warn');
  const name = newName();
  const backend = await openDexieBackend(name, { onClosed: () => {} });
  const held = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
  });
  const asked = new Promise((resolve) => (held.onversionchange = resolve));
  const wiped = backend.wipe();
  await asked;
  // That it is blocked is told two turns after the others were asked to let go.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect((await indexedDB.databases()).map((one) => one.name)).toContain(name);
  held.close();
  await wiped;
  expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(name);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
