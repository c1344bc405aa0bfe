import { expect, test, vi } from 'vitest';
import type { UserId } from '#sync-protocol';
import { StorageError } from '../sync/ports.ts';
import { createMemoryBackend } from './memory-backend.ts';
import { createKept, memoised } from './memo.ts';
import type { PersonRecord } from './rows.ts';
import type { TableName, Tables } from './tables.ts';
import { createWatch } from './watch.ts';

const person = (id: string, name: string): PersonRecord => ({ id: id as UserId, name, about: '', changedAt: 0 });

/** A watch over tables in memory that counts its transactions and holds them up while `gate` is set. */
function setUp() {
  const backend = createMemoryBackend();
  const seen = { transactions: 0, requests: 0 };
  const held: { gate: Promise<void> | undefined } = { gate: undefined };
  const counted = (tables: Tables): Tables => ({
    ...tables,
    people: { ...tables.people, all: () => ((seen.requests += 1), tables.people.all()) },
  });
  const watch = createWatch((work) =>
    backend.read(async (tables) => {
      seen.transactions += 1;
      await held.gate;
      return work(memoised(counted(tables)));
    }),
  );
  const write = async (row: PersonRecord) => {
    await backend.write(['people'], ({ people }) => people.put(row));
    watch.changed(new Set<TableName>(['people']));
  };
  const names = () => {
    const told: string[][] = [];
    const stop = watch.observe(async (tx) => (await tx.people.all()).map(({ name }) => name), {
      next: (value) => told.push(value),
      error: (error) => {
        throw error;
      },
    });
    return { told, stop };
  };
  return { watch, write, names, seen, held };
}

test('queries that are due share a transaction, and what several ask for is read once', async () => {
  const { write, names, seen } = setUp();
  const [one, other] = [names(), names()];
  await vi.waitUntil(() => one.told.length + other.told.length === 2);
  expect(seen).toEqual({ transactions: 1, requests: 1 });
  await write(person('a', 'Ann'));
  await vi.waitUntil(() => one.told.length + other.told.length === 4);
  expect(seen).toEqual({ transactions: 2, requests: 2 });
  expect(one.told).toEqual([[], ['Ann']]);
});

test('a result that is what it was is not told again', async () => {
  const { write, names, seen } = setUp();
  const { told } = names();
  await vi.waitUntil(() => told.length === 1);
  await write(person('a', 'Ann'));
  await write({ ...person('a', 'Ann'), about: 'here' });
  await write(person('b', 'Bob'));
  await vi.waitUntil(() => told.length === 3);
  expect(told).toEqual([[], ['Ann'], ['Ann', 'Bob']]);
  expect(seen.transactions).toBeGreaterThan(2);
});

test('what changes while a round is under way makes one more round, however much it is', async () => {
  const { write, names, seen, held, watch } = setUp();
  const { told } = names();
  await vi.waitUntil(() => told.length === 1);
  let open = () => {};
  held.gate = new Promise((resolve) => (open = resolve));
  watch.changed(new Set<TableName>(['people']));
  const writes = [write(person('a', 'Ann')), write(person('b', 'Bob')), write(person('c', 'Cleo'))];
  held.gate = undefined;
  open();
  await Promise.all(writes);
  await vi.waitUntil(() => told.at(-1)?.length === 3);
  expect(seen.transactions).toBeLessThanOrEqual(4);
});

test('only queries that read a table that changed are asked again', async () => {
  const { watch, names, seen } = setUp();
  const { told } = names();
  await vi.waitUntil(() => told.length === 1);
  watch.changed(new Set<TableName>(['drafts', 'outbox']));
  await Promise.resolve();
  expect(seen.transactions).toBe(1);
});

test('an error is told to whose query it was, and a query that was stopped hears nothing', async () => {
  const { watch, write, names } = setUp();
  const stopped = names();
  const { told } = names();
  const failed = vi.fn<(error: unknown) => void>();
  watch.observe(() => Promise.reject(new Error('broken')), { next: () => {}, error: failed });
  await vi.waitUntil(() => told.length === 1 && stopped.told.length === 1);
  expect(failed).toHaveBeenCalledExactlyOnceWith(new Error('broken'));
  stopped.stop();
  await write(person('a', 'Ann'));
  await vi.waitUntil(() => told.length === 2);
  expect(stopped.told).toEqual([[]]);
});

test('when the disk fails, all are asked again until it answers, and nobody is told a failure', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const backend = createMemoryBackend();
    let isBroken = false;
    let reads = 0;
    const watch = createWatch((work) => {
      reads += 1;
      return isBroken ? Promise.reject(new StorageError('closed')) : backend.read(work);
    });
    const told: number[] = [];
    const failed = vi.fn<(error: unknown) => void>();
    const count = async (tx: Tables) => (await tx.people.all()).length;
    watch.observe(count, { next: (value) => told.push(value), error: failed });
    await vi.waitUntil(() => told.length === 1);
    isBroken = true;
    await backend.write(['people'], ({ people }) => people.put(person('a', 'Ann')));
    watch.changed(new Set<TableName>(['people']));
    await vi.waitUntil(() => vi.getTimerCount() === 1);
    expect(watch.disk.get()).toEqual({ isAway: false });
    const late = vi.fn<(value: number) => void>();
    watch.observe(count, { next: late, error: failed });
    await vi.waitUntil(() => reads === 3 && vi.getTimerCount() === 1);
    for (let i = 0; i < 3; i++) {
      const before: number = reads;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(reads).toBe(before + 1);
    }
    expect([told, late.mock.calls, watch.isAtRest(), watch.disk.get()]).toEqual([[0], [], false, { isAway: true }]);
    isBroken = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([told, vi.getTimerCount()]).toEqual([[0, 1], 0]);
    expect([late.mock.calls, failed.mock.calls, watch.disk.get()]).toEqual([[[1]], [], { isAway: false }]);
    watch.close();
  } finally {
    vi.useRealTimers();
  }
});

test('what fails once the watch is closed is told to nobody', async () => {
  const errors: unknown[] = [];
  let fail: (() => void) | undefined;
  const watch = createWatch(() => new Promise((_, reject) => (fail = () => reject(new Error('the database is closed')))));
  watch.observe(async () => 1, { next: () => undefined, error: (error) => errors.push(error) });
  await vi.waitUntil(() => fail);
  watch.close();
  fail!();
  await new Promise(setImmediate);
  expect(errors).toEqual([]);
});

test('within a transaction a row is asked for once, until the transaction writes to its table', async () => {
  const asked: string[] = [];
  const backend = createMemoryBackend();
  await backend.write(['people'], async (tables) => {
    const tx = memoised({
      ...tables,
      people: { ...tables.people, get: (key) => (asked.push(key), tables.people.get(key)) },
    });
    const ann = person('a', 'Ann');
    await tx.people.get(ann.id);
    await Promise.all([tx.people.get(ann.id), tx.people.get('b' as UserId)]);
    await tx.drafts.remove([]);
    await tx.people.get(ann.id);
    expect(asked).toEqual(['a', 'b']);
    await tx.people.put(ann);
    expect(await tx.people.get(ann.id)).toEqual(ann);
    expect(asked).toEqual(['a', 'b', 'a']);
  });
});

test('what is kept of a table is not asked for again until that table changes, and what was read before that is not kept', async () => {
  const asked: string[] = [];
  const backend = createMemoryBackend();
  const kept = createKept(['people']);
  const tell = (gate?: Promise<void>) =>
    backend.read(async (tables) => {
      const people = {
        ...tables.people,
        all: async () => {
          asked.push('all');
          const rows = await tables.people.all();
          await gate;
          return rows;
        },
      };
      return (await memoised({ ...tables, people }, kept).people.all()).map(({ name }) => name);
    });
  expect([await tell(), await tell()]).toEqual([[], []]);
  expect(asked).toHaveLength(1);
  kept.forget(['drafts']);
  await tell();
  expect(asked).toHaveLength(1);

  await backend.write(['people'], ({ people }) => people.put(person('a', 'Ann')));
  kept.forget(['people']);
  expect(await tell()).toEqual(['Ann']);
  expect(asked).toHaveLength(2);

  kept.forget(['people']);
  let open: () => void = () => undefined;
  const late = tell(new Promise((resolve) => (open = resolve)));
  await vi.waitUntil(() => asked.length === 3);
  kept.forget(['people']);
  open();
  expect(await late).toEqual(['Ann']);
  await backend.write(['people'], ({ people }) => people.put(person('b', 'Bob')));
  expect(await tell()).toEqual(['Ann', 'Bob']);
});

test('it is at rest once something was asked and all of it is answered', async () => {
  const { watch, names, held, write } = setUp();
  expect(watch.isAtRest()).toBe(false);
  let open = () => undefined as void;
  held.gate = new Promise((resolve) => (open = resolve));
  const { told } = names();
  expect(watch.isAtRest()).toBe(false);
  open();
  await vi.waitUntil(() => told.length === 1);
  await vi.waitUntil(() => watch.isAtRest());
  held.gate = new Promise((resolve) => (open = resolve));
  const writing = write(person('a', 'Ann'));
  open();
  await writing;
  expect(watch.isAtRest()).toBe(false);
  await vi.waitUntil(() => told.length === 2);
  await vi.waitUntil(() => watch.isAtRest());
});
