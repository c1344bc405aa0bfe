import { expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { aConversation, aLog } from '#sync-protocol/testing';
import { act, aRoot, startEngine } from '../../tests/kit/engine-bench.ts';

/** Whether what left is what is kept, to the byte. */
const bytes = (ops: readonly unknown[] | undefined) => ops?.map((op) => JSON.stringify(op));

test('[EN-6] without a socket ops leave with a sync, as the stored bytes', async () => {
  const { server, session, outbox } = await startEngine();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await server.fail();
  const kept = (await outbox()).map(({ wire }) => wire);
  expect(kept).toHaveLength(1);
  expect(bytes(server.requests[1]?.ops)).toEqual(kept);
  await act(() => session.commands.tryNow());
  await server.fail();
  expect(bytes(server.requests[2]?.ops)).toEqual(kept);
  expect(server.batches).toEqual([]);
});

test('[EN-6] with a socket ops leave over it, as the stored bytes, and no sync is asked for', async () => {
  const { server, session, outbox } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  const id = await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  expect(server.batches.map(bytes)).toEqual([(await outbox()).map(({ wire }) => wire)]);
  await server.acknowledge([{ opId: id, log: aLog(), seq: 4 }]);
  expect(await outbox()).toMatchObject([{ state: { at: 'answered', seq: 4 } }]);
  expect(server.open()).toBe(0);
});

test('[EN-6] when the socket is silent the same bytes leave with a sync', async () => {
  const { server, session } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await server.acknowledge(undefined);
  expect(bytes(server.requests.at(-1)?.ops)).toEqual(bytes(server.batches[0]));
});

test('[EN-6] a socket that is not ready takes no ops', async () => {
  const { server, session, clock } = await startEngine();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await clock.pass(limits.gapWaitMs);
  expect(server.batches).toEqual([]);
  expect(server.requests.at(-1)?.ops).toHaveLength(1);
});
