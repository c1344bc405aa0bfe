import { expect, test } from 'vitest';
import { EMPTY_ROOT, type Down } from '#sync-protocol';
import { aChain, aConversation, aRun, aUser } from '#sync-protocol/testing';
import { act, aRoot, aSelfRun, startEngine } from '../../tests/kit/engine-bench.ts';

const muted: Down = {
  type: 'self',
  run: aSelfRun(2, { type: 'muted', payload: { conversation: aConversation(), on: true } }),
};
const news = { kind: 'run', ...aRun(4, 4) } as const;

test('[EN-2] an answer to a request that knew less of the self log is not applied: it is asked anew', async () => {
  const { server, session, pauseDisk, conversation } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  const resume = pauseDisk();
  await server.say(muted);
  await act(() => session.commands.tryNow());
  await resume();
  expect(server.requests.at(-1)).toMatchObject({ self: { watermark: 1 } });
  await server.answer({ logs: [news], root: aRoot(4) });
  expect(await conversation()).toMatchObject({ watermark: 3 });
  expect(server.requests.at(-1)).toMatchObject({ self: { watermark: 2 } });
  await server.answer({ logs: [news], root: aRoot(4) });
  expect(await conversation()).toMatchObject({ watermark: 4 });
});

test('[EN-2] live runs of a log that is asked about wait for the answer', async () => {
  const { server, stored } = await startEngine();
  await server.say(muted);
  expect(stored).toEqual([]);
  await server.answer();
  expect(stored.map(({ kind }) => kind)).toContain('self-run');
});

test('[EN-2] an answer that comes after another tab took the lead changes nothing and is the last that was asked for', async () => {
  const { server, store, session, clock, conversation } = await startEngine();
  await store.lead();
  await server.answer({ logs: [news], root: aRoot(4) });
  expect(await conversation()).toMatchObject({ watermark: 3 });
  await act(() => session.commands.tryNow());
  await clock.pass(3_600_000);
  expect(server.requests).toHaveLength(1);
});

test('[EN-2] a new store epoch is remembered, and what one store said is not held against the other', async () => {
  const { server, conversation } = await startEngine();
  await server.answer({ storeEpoch: 'two', root: EMPTY_ROOT });
  expect(server.requests.at(-1)).toMatchObject({ storeEpoch: 'two', people: [aUser(1), aUser(2)] });
  await server.answer({ storeEpoch: 'two', root: EMPTY_ROOT });
  expect(server.requests.at(-1)).toMatchObject({ storeEpoch: 'two', heads: 'all' });
  await server.answer({ storeEpoch: 'two', root: aRoot(3), heads: [[aConversation(), 3, aChain(3)]] });
  expect(server.open()).toBe(0);
  expect(await conversation()).toMatchObject({ watermark: 3 });
});
