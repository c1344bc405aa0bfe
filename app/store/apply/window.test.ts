import { expect, test } from 'vitest';
import type { ChangeOf } from '../../sync/change.ts';
import { aChain, aConversation, aLog, aMessage, anEvent, anOp, anOpId, aRun, aUser } from '#sync-protocol/testing';
import { aWindow, createStoreBench, type StoreBench } from '../../../tests/kit/engine-bench.ts';

const by = aUser(2);
const theirs = (from: number, to: number) => aRun(from, to, { items: aRun(from, to).items.map((item) => ({ ...item, by })) });
/** The server's history is another one from event 2 on, and two events long; its last message is sent. */
const reset: ChangeOf<'reset'>['reset'] = {
  ...aWindow(0, 2, 2, { chain: aChain(2, 7), messages: [aMessage(2, { by })] }),
  kind: 'reset',
  why: 'fork',
};

/** Four messages of somebody else are held, and three ops of one's own are on their way, in as many states. */
async function held(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'run', run: theirs(1, 4) });
  await bench.commit({ kind: 'run', run: aRun(1, 1, { log: aLog(2), items: [anEvent(1, { opId: anOpId(77), by })] }) });
  const people = [{ user: by, version: 1, delivered: 4, read: 4 }];
  await bench.commit({ kind: 'receipts', receipts: [{ conversation: aConversation(), people }] });
  for (const n of [11, 12]) await bench.store.stage(anOp(n));
  await bench.take();
  await bench.commit({ kind: 'answers', answers: [{ opId: anOpId(11), refusal: 'forbidden' }], sent: [anOpId(11), anOpId(12)] });
  await bench.store.stage(anOp(13));
  return bench;
}

test('[AP-5] a reset forgets what was received of that log', async () => {
  const bench = await held();
  await bench.commit({ kind: 'reset', reset });
  const received = (await bench.messages()).filter(({ local }) => !local);
  expect(received.map(({ id }) => id)).toEqual([anOpId(2)]);
  expect(await bench.conversation()).toMatchObject({
    watermark: 2,
    chain: aChain(2, 7),
    knownHead: 2,
    ranges: [{ from: 2, to: 2 }],
  });
  expect(await bench.backend.read((tx) => tx.receipts.all())).toEqual([]);
});

test('[AP-5] a reset keeps everything that was written here, under the same ids and bytes', async () => {
  const bench = await held();
  const before = await bench.outbox();
  await bench.commit({ kind: 'reset', reset });
  expect((await bench.outbox()).map(({ opId, wire }) => [opId, wire])).toEqual(before.map(({ opId, wire }) => [opId, wire]));
  expect((await bench.messages()).filter(({ local }) => local).map(({ id, local }) => [id, local])).toEqual([
    [anOpId(11), 'parked'],
    [anOpId(12), 'queued'],
    [anOpId(13), 'queued'],
  ]);
});

test('[AP-5] a reset of one log leaves the others alone', async () => {
  const bench = await held();
  const other = await bench.conversation(aConversation(2));
  await bench.commit({ kind: 'reset', reset });
  expect(await bench.conversation(aConversation(2))).toEqual(other);
  expect(await bench.messages(aConversation(2))).toHaveLength(1);
});

/** Own messages from 1 to 4 are held; the server's history goes on far beyond them, and its window begins after them. */
async function inDoubt(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'run', run: aRun(1, 4) });
  const far = aWindow(0, 70, 21, { chain: aChain(70, 7), messages: [aMessage(21, { by }), aMessage(70, { by })] });
  await bench.commit({ kind: 'reset', reset: { ...far, kind: 'reset', why: 'fork' } });
  return bench;
}

test('[AP-5] own messages from before the window are sent again under their ids, and nothing of them is shown', async () => {
  const bench = await inDoubt();
  expect((await bench.outbox()).map(({ opId, inDoubt: isIt }) => [opId, isIt])).toEqual(
    [1, 2, 3, 4].map((n) => [anOpId(n), true]),
  );
  expect((await bench.messages()).map(({ id }) => id)).toEqual([anOpId(21), anOpId(70)]);
  expect((await bench.take()).map(({ opId }) => opId)).toEqual([1, 2, 3, 4].map(anOpId));
});

test('[AP-5] of those the answers tell: held as they were, changed since, taken anew, or lost and the person’s again', async () => {
  const bench = await inDoubt();
  const sent = (await bench.take()).map(({ opId }) => opId);
  await bench.commit({
    kind: 'answers',
    sent,
    answers: [
      { opId: anOpId(1), log: aLog(), seq: 1 },
      { opId: anOpId(2), refusal: 'conflict' },
      { opId: anOpId(3), log: aLog(), seq: 71 },
      { opId: anOpId(4), refusal: 'forbidden' },
    ],
  });
  expect((await bench.outbox()).map(({ opId, state }) => [opId, state])).toEqual([
    [anOpId(3), { at: 'answered', seq: 71 }],
    [anOpId(4), { at: 'parked', refusal: 'lost-by-server', attempted: true }],
  ]);
  expect((await bench.messages()).map(({ id, local }) => [id, local])).toEqual([
    [anOpId(21), undefined],
    [anOpId(70), undefined],
    [anOpId(4), 'parked'],
  ]);
});

test('[AP-5] of own messages without end the newest thousand are sent again', async () => {
  const bench = await createStoreBench();
  for (let from = 1; from <= 1_100; from += 100) await bench.commit({ kind: 'run', run: aRun(from, from + 99) });
  const far = aWindow(0, 1_300, 1_251, { chain: aChain(1_300, 7), messages: [aMessage(1_300, { by })] });
  await bench.commit({ kind: 'reset', reset: { ...far, kind: 'reset', why: 'fork' } });
  expect((await bench.outbox()).map(({ opId }) => opId)).toEqual(Array.from({ length: 1_000 }, (_, i) => anOpId(101 + i)));
});
