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
