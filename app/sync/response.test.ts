import { expect, test, vi } from 'vitest';
import type { LogPart } from '#sync-protocol';
import { aConversation, aLog, anOp, anOpId, aRun, aTime, aUser } from '#sync-protocol/testing';
import { aRoot, aWindow, startEngine, type EngineBench } from '../../tests/kit/engine-bench.ts';
import type { Backend } from '../store/tables.ts';
import { StorageError } from './ports.ts';

/** More of group `n`, from 4 on; each message has an id of its own. */
const more = (n: number, to: number): LogPart => ({
  kind: 'run',
  ...aRun(4, to, { log: aLog(n), items: aRun(4, to).items.map((item) => ({ ...item, opId: anOpId(n * 10_000 + item.seq) })) }),
});
const watermarks = ({ conversation }: EngineBench, groups: readonly number[]): Promise<readonly number[]> =>
  Promise.all(groups.map(async (n) => (await conversation(aConversation(n))).watermark));

test('[EN-12] what an answer brings of many conversations is stored in one transaction, and shown once', async () => {
  const bench = await startEngine({ heads: [3, 3, 3] });
  const { server, backend } = bench;
  const shown: number[][] = [];
  const stop = backend.observe((tx) => tx.conversations.all(), {
    next: (all) => shown.push(all.map(({ watermark }) => watermark)),
    error: (error) => expect.unreachable(String(error)),
  });
  await vi.waitFor(() => expect(shown).toEqual([[3, 3, 3]]));
  const people = [{ id: aUser(9), name: 'Ida', about: '', changedAt: aTime(0) }];
  await server.answer({ logs: [more(1, 5), more(2, 6), more(3, 7)], people, root: aRoot(5, 6, 7) });
  expect(await watermarks(bench, [1, 2, 3])).toEqual([5, 6, 7]);
  expect(bench.transactions.map((changes) => changes.map(({ kind }) => kind))).toEqual([
    ['run', 'run', 'run', 'people'],
    ['synced'],
  ]);
  expect(shown).toEqual([
    [3, 3, 3],
    [5, 6, 7],
  ]);
  stop();
});

test('[EN-12] no transaction is for more than 1,000 rows, and a part is never divided', async () => {
  const { server, transactions } = await startEngine({ heads: [3, 3, 3, 3] });
  await server.answer({ logs: [more(1, 503), more(2, 503), more(3, 4), more(4, 1_103)], root: aRoot(503, 503, 4, 1_103) });
  const logs = transactions.map((changes) => changes.flatMap((change) => (change.kind === 'run' ? [change.run.log] : [])));
  expect(logs.slice(0, 3)).toEqual([[aLog(1), aLog(2)], [aLog(3)], [aLog(4)]]);
});

test('[EN-12] what cannot be stored as a whole is stored as far as it goes, answers first, and the rest is asked for again', async () => {
  const bench = await startEngine({ heads: [3, 3], before: ({ store }) => store.stage(anOp(50)) });
  const { server, session, clock, outbox } = bench;
  const full = noRoomFor(bench, 2);
  const answers = [{ opId: anOpId(50), log: aLog(), seq: 4 }];
  await server.answer({ answers, logs: [withOwn(more(1, 6)), more(2, 6)], root: aRoot(6, 6), more: true });
  expect(await watermarks(bench, [1, 2])).toEqual([6, 3]);
  expect(await outbox()).toEqual([]);
  expect(session.state.get().isDiskFull).toBe(true);
  full.mockRestore();
  await clock.pass(750);
  expect(server.requests.at(-1)).not.toHaveProperty('ops');
  await server.answer({ logs: [more(2, 6)], root: aRoot(6, 6) });
  expect(await watermarks(bench, [1, 2])).toEqual([6, 6]);
  expect(session.state.get().isDiskFull).toBe(false);
});

/** The first of them is the op that was sent. */
const withOwn = (part: LogPart): LogPart =>
  part.kind === 'run'
    ? { ...part, items: part.items.map((item, i) => (i === 0 ? { ...item, opId: anOpId(50), by: aUser(1) } : item)) }
    : part;

/** A disk on which no message of group `n` fits. */
function noRoomFor({ backend }: EngineBench, n: number) {
  const write = backend.write;
  const crowded: Backend['write'] = (names, work) =>
    write(names, (tables) =>
      work({
        ...tables,
        messages: {
          ...tables.messages,
          putMany: async (rows) => {
            if (rows.some(({ conversationId }) => conversationId === aConversation(n))) throw new StorageError('full');
            await tables.messages.putMany(rows);
          },
        },
      }),
    );
  return vi.spyOn(backend, 'write').mockImplementation(crowded);
}

test('[EN-2] a window that live runs have overtaken is no fault; one that begins where nobody asked from is', async () => {
  const { server, reports, conversation } = await startEngine({ heads: [] });
  await server.say({ type: 'run', run: aRun(1, 2) });
  expect((await conversation()).watermark).toBe(2);
  await server.answer({ logs: [aWindow(0, 1, 2)], root: aRoot(2) });
  expect(reports).toEqual([]);
  await server.say({ type: 'head', conversation: aConversation(), head: 9, chain: '0'.repeat(16) as never });
  await server.answer({ logs: [aWindow(1, 8, 9)] });
  expect(reports).toContain('sync: a part does not fit: window');
});

test('[EN-2] nor is a goodbye that live runs have overtaken', async () => {
  const gone = (from: number): LogPart => ({ kind: 'gone', log: aLog(), from, to: 9, purge: false });
  const { server, reports, conversation } = await startEngine({ heads: [] });
  await server.say({ type: 'run', run: aRun(1, 2) });
  expect((await conversation()).watermark).toBe(2);
  await server.answer({ logs: [gone(0)], root: aRoot(2) });
  expect(reports).toEqual([]);
  await server.say({ type: 'head', conversation: aConversation(), head: 9, chain: '0'.repeat(16) as never });
  await server.answer({ logs: [gone(1)] });
  expect(reports).toContain('sync: a part does not fit: gone');
});
