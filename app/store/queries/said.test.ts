import { expect, test } from 'vitest';
import { aConversation, anEvent, anOp, anOpId, aRun, aState, aUser } from '#sync-protocol/testing';
import { aSelfRun, createStoreBench, me } from '../../../tests/kit/engine-bench.ts';
import { readSaid, type SaidPage } from './said.ts';

const other = aUser(2);
const third = aUser(3);

/** A group of three that is open, and how to hear what is said in it. */
async function aListener() {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  await bench.commit({
    kind: 'self-run',
    run: aSelfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }),
  });
  let told: SaidPage['told'] | undefined;
  const hear = async () => {
    const page = await bench.backend.read((tx) => readSaid(tx, me, aConversation(), told));
    told = page.told;
    return page.said.map(({ text }) => text);
  };
  const say = (seq: number, by = other, parts = {}) =>
    bench.commit({
      kind: 'run',
      run: aRun(seq, seq, { items: [anEvent(seq, { by, ...parts })], ...(seq === 1 && { state: aState() }) }),
    });
  const self = (seq: number, type: string, payload: object) =>
    bench.commit({ kind: 'self-run', run: aSelfRun(seq, { type, payload }) });
  return { bench, hear, say, self };
}

test('what is there when a chat is opened is not said, and each message of others after it once, in order', async () => {
  const { hear, say } = await aListener();
  await say(1);
  expect(await hear()).toEqual([]);
  await say(2);
  await say(3, third);
  expect(await hear()).toEqual(['message 2', 'message 3']);
  expect(await hear()).toEqual([]);
});

test('the first message of a chat is said', async () => {
  const { hear, say } = await aListener();
  expect(await hear()).toEqual([]);
  await say(1);
  expect(await hear()).toEqual(['message 1']);
});

test('what was read at once is said all the same', async () => {
  const { hear, say, self } = await aListener();
  await say(1);
  await hear();
  await say(2);
  await self(2, 'read-marker', { conversation: aConversation(), seq: 2, marks: { seq: 2, ordinal: 2, ownOrdinal: 0 } });
  expect(await hear()).toEqual(['message 2']);
});

test('own messages, on their way or there, edits and deletions are not said', async () => {
  const { bench, hear, say } = await aListener();
  await say(1);
  await hear();
  await bench.store.stage(anOp(9));
  await say(2, me);
  await say(3, other, { type: 'edit', target: anOpId(1), payload: { text: 'changed' } });
  expect(await hear()).toEqual([]);
  await say(4);
  await say(5, other, { type: 'delete', target: anOpId(4), payload: {} });
  expect(await hear()).toEqual([]);
});

test('what comes while own messages wait is said, though these stand after it', async () => {
  const { bench, hear, say } = await aListener();
  await say(1);
  await bench.store.stage(anOp(9));
  await hear();
  await say(2);
  expect(await hear()).toEqual(['message 2']);
});

test('of a blocked person nothing is said, of the others everything', async () => {
  const { hear, say, self } = await aListener();
  await say(1);
  await self(2, 'blocked', { user: other, on: true });
  await hear();
  await say(2);
  await say(3, third);
  expect(await hear()).toEqual(['message 3']);
});
