import { expect, test } from 'vitest';
import { aChain, aConversation, aLog, aRow, aRun, aTime } from '#sync-protocol/testing';
import { act, aRoot, startEngine } from '../../tests/kit/engine-bench.ts';

const behind = aRow(1, 9);

test('[EN-1] one request is under way at a time, and whatever happens meanwhile is one more', async () => {
  const { server, session, clock } = await startEngine();
  await act(() => session.commands.open(aConversation()));
  await act(() => session.commands.tryNow());
  await clock.pass(5_000);
  expect(server.requests).toHaveLength(1);
  await server.answer();
  expect(server.requests).toHaveLength(2);
  await server.answer();
  expect(server.open()).toBe(0);
});

test('[EN-1] after a failure the next request waits, after a second one longer, whatever else is wanted', async () => {
  const { server, session, clock } = await startEngine();
  await server.fail();
  await act(() => session.commands.open(aConversation()));
  await clock.pass(749);
  expect(server.requests).toHaveLength(1);
  await clock.pass(1);
  expect(server.requests).toHaveLength(2);
  await server.fail();
  await clock.pass(1_249);
  expect(server.requests).toHaveLength(2);
  await clock.pass(1);
  expect(server.requests).toHaveLength(3);
});

test('[EN-1] a server that asks for patience is not asked before', async () => {
  const { server, clock } = await startEngine();
  await server.fail({ kind: 'refused', refusal: 'too-fast', retryAfterMs: 30_000 });
  await clock.pass(29_999);
  expect(server.requests).toHaveLength(1);
  await clock.pass(1_000);
  expect(server.requests).toHaveLength(2);
});

test('[EN-1] now and then a request goes out without a reason', async () => {
  const { server, clock } = await startEngine();
  await server.answer({ syncEverySeconds: 60 });
  await clock.pass(59_999);
  expect(server.requests).toHaveLength(1);
  await clock.pass(1);
  expect(server.requests).toHaveLength(2);
});

test('[EN-4] what moved something is followed at once by the next request', async () => {
  const { server, reports } = await startEngine();
  await server.answer({ logs: [{ kind: 'run', ...aRun(4, 6, { head: 9 }) }], more: true });
  expect(server.requests[1]).toMatchObject({ logs: [{ log: aLog(), watermark: 6 }] });
  await server.answer({ logs: [{ kind: 'run', ...aRun(7, 9) }], root: aRoot(9) });
  expect(server.open()).toBe(0);
  expect(reports).toEqual([]);
});

test('[EN-4] a promise of more that moves nothing is not followed: it is reported and waits', async () => {
  const { server, reports, clock } = await startEngine();
  await server.answer({ more: true });
  expect(server.open()).toBe(0);
  expect(reports).toEqual(['sync: more is promised and nothing moves']);
  await clock.pass(749);
  expect(server.open()).toBe(0);
  await clock.pass(1);
  expect(server.open()).toBe(1);
});

test('[EN-4] what arrives by itself while a request is under way is no standstill: the rest is asked for, and nothing is reported', async () => {
  const { server, reports } = await startEngine();
  await server.say({ type: 'head', conversation: aConversation(), head: 9, chain: aChain(9) });
  await server.answer({ root: aRoot(9), more: true });
  expect(reports).toEqual([]);
  expect(server.requests.at(-1)).toMatchObject({ logs: [{ log: aLog(), watermark: 3 }] });
  await server.answer({ logs: [{ kind: 'run', ...aRun(4, 9) }], root: aRoot(9) });
  while (server.open() > 0) await server.answer({ root: aRoot(9) });
  expect(reports).toEqual([]);
});

test('[EN-4] a log that is asked for and not spoken of is not asked for again as it is', async () => {
  const { server, reports, clock } = await startEngine({ before: ({ commit }) => commit({ kind: 'rows', rows: [behind] }) });
  expect(server.requests[0]).toMatchObject({ logs: [{ log: aLog(), watermark: 3 }] });
  await server.answer();
  await clock.pass(60_000);
  expect(server.open()).toBe(0);
  expect(reports).toEqual([]);
});

test('[EN-8] a sync that brought nothing changes no row', async () => {
  const { server, stored, backend } = await startEngine();
  const reads: number[] = [];
  backend.observe((tx) => tx.meta.all(), { next: (rows) => reads.push(rows.length), error: () => undefined });
  await server.answer({ now: aTime(600) });
  expect(stored).toEqual([]);
  expect(reads).toHaveLength(1);
});

test('[EN-8] where the next hint starts is stored with what was brought', async () => {
  const { server, stored } = await startEngine();
  await server.answer({ now: aTime(600), logs: [{ kind: 'run', ...aRun(4, 4) }], root: aRoot(4) });
  expect(stored.map(({ kind }) => kind)).toEqual(['run', 'synced']);
  expect(stored.at(-1)).toEqual({ kind: 'synced', since: aTime(600) });
});
