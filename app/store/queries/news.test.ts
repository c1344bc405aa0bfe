import { expect, test } from 'vitest';
import type { UserId } from '#sync-protocol';
import { aConversation, anEvent, anOp, anOpId, aRun, aState, aUser } from '#sync-protocol/testing';
import { aSelfRun, createStoreBench, me } from '../../../tests/kit/engine-bench.ts';
import { readNews, type NewsPage } from './news.ts';

const other = aUser(2);
const third = aUser(3);

/** A group of three of which three messages are held, and how to hear what is new in it. */
async function aListener() {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  await bench.commit({
    kind: 'self-run',
    run: aSelfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }),
  });
  let told: NewsPage['told'] | undefined;
  const hear = async () => {
    const page = await bench.backend.read((tx) => readNews(tx, me, told));
    told = page.told;
    return page.news.map(({ message, byName, text, unread }) => ({ message, byName, text, unread }));
  };
  const say = (seq: number, by: UserId, parts = {}) =>
    bench.commit({
      kind: 'run',
      run: aRun(seq, seq, { items: [anEvent(seq, { by, ...parts })], ...(seq === 1 && { state: aState() }) }),
    });
  const messageOf = (seq: number) => anEvent(seq).opId;
  const self = (seq: number, type: string, payload: object) =>
    bench.commit({ kind: 'self-run', run: aSelfRun(seq, { type, payload }) });
  return { bench, hear, say, messageOf, self };
}

test('what is there at first is no news, and what others say since is told once', async () => {
  const { hear, say, messageOf } = await aListener();
  await say(1, other);
  expect(await hear()).toEqual([]);
  await say(2, other);
  await say(3, third);
  const [news, ...more] = await hear();
  expect(more).toEqual([]);
  expect(news).toMatchObject({ message: messageOf(3), unread: 3, text: 'message 3' });
  expect(await hear()).toEqual([]);
});

test('one’s own message is no news, whichever device it was written on', async () => {
  const { bench, hear, say } = await aListener();
  await say(1, other);
  await hear();
  await say(2, me);
  await bench.store.stage(anOp(9));
  expect(await hear()).toEqual([]);
});

test('what was read meanwhile is no news, and what came after it is', async () => {
  const { hear, say, self, messageOf } = await aListener();
  await say(1, other);
  await hear();
  await say(2, other);
  await self(2, 'read-marker', { conversation: aConversation(), seq: 2, marks: { seq: 2, ordinal: 2, ownOrdinal: 0 } });
  expect(await hear()).toEqual([]);
  await say(3, other);
  expect(await hear()).toMatchObject([{ message: messageOf(3), unread: 1 }]);
});

test('of a blocked person nothing is told, of the others in the same group everything', async () => {
  const { hear, say, self, messageOf } = await aListener();
  await say(1, other);
  await self(2, 'blocked', { user: other, on: true });
  await hear();
  await say(2, other);
  expect(await hear()).toEqual([]);
  await say(3, third);
  await say(4, other);
  expect(await hear()).toMatchObject([{ message: messageOf(3) }]);
});

test('a message that is deleted before it is told is not', async () => {
  const { hear, say } = await aListener();
  await say(1, other);
  await hear();
  await say(2, other);
  await say(3, other, { type: 'delete', target: anOpId(2), payload: {} });
  expect(await hear()).toEqual([]);
});
