import { expect, test } from 'vitest';
import type { Chain, ConversationId, Seq } from '#sync-protocol';
import { aChain, aConversation, aLog, aRun } from '#sync-protocol/testing';
import { aRoot, startEngine, type EngineBench } from '../../tests/kit/engine-bench.ts';

const other = 'feedfeedfeedfeed';
const another = 'beefbeefbeefbeef';

const headOf = (n: number, head: number) => [aConversation(n), head, aChain(head)] as [ConversationId, Seq, Chain];
const heartbeat = ({ server }: EngineBench, root: string) =>
  server.say({ type: 'heartbeat', storeEpoch: 'one', root, self: { head: 1, chain: aChain(1) } });

/** Everything was compared and is the same, and the server's root is still another. */
async function afterComparing(): Promise<EngineBench> {
  const bench = await startEngine({ heads: [3, 2] });
  await bench.server.answer({ root: other });
  await bench.server.answer({ root: other, heads: [headOf(1, 3), headOf(2, 2)] });
  return bench;
}

test('[RT-3] roots that differ have all heads compared, and what moved is asked for', async () => {
  const { server, conversation, reports } = await startEngine({ heads: [3, 2] });
  await server.answer({ root: aRoot(5, 2) });
  expect(server.requests[1]).toMatchObject({ heads: 'all' });
  await server.answer({
    root: aRoot(5, 2),
    heads: [headOf(1, 5), headOf(2, 2)],
  });
  expect(server.requests[2]).toMatchObject({ logs: [{ log: aLog(1), watermark: 3 }] });
  expect(server.requests[2]).not.toHaveProperty('heads');
  await server.answer({ root: aRoot(5, 2), logs: [{ kind: 'run', ...aRun(4, 5) }] });
  expect(await conversation()).toMatchObject({ watermark: 5 });
  expect(server.open()).toBe(0);
  expect(reports).toEqual([]);
});

test('[RT-3] the same head with another chain is a history that went another way, and is asked about', async () => {
  const { server } = await startEngine();
  await server.answer({ root: other });
  await server.answer({ root: other, heads: [[aConversation(1), 3, aChain(3, 7)]] });
  expect(server.requests[2]).toMatchObject({ logs: [{ log: aLog(), watermark: 3, chain: aChain(3) }] });
});

test('[RT-3] a conversation the server does not name, and a root that still differs, delete nothing', async () => {
  const { server, conversation, messages } = await startEngine({ heads: [3, 2] });
  await server.answer({ root: other });
  await server.answer({ root: other, heads: [headOf(1, 3)] });
  // Asked about what it left out, it has nothing to say either.
  if (server.open() > 0) await server.answer({ root: other });
  expect(server.open()).toBe(0);
  expect(await conversation(aConversation(2))).toMatchObject({ watermark: 2 });
  expect(await messages(aConversation(2))).toHaveLength(2);
  expect(await messages(aConversation(1))).toHaveLength(3);
});

test('[EN-7] roots that differ after everything was compared are told, and left alone for a minute', async () => {
  const bench = await afterComparing();
  expect(bench.server.open()).toBe(0);
  expect(bench.reports).toEqual(['sync: the roots differ after all heads were compared']);
  for (let i = 0; i < 5; i++) {
    await bench.clock.pass(10_000);
    await heartbeat(bench, other);
  }
  expect(bench.server.open()).toBe(0);
  await bench.clock.pass(10_000);
  await heartbeat(bench, other);
  expect(bench.server.open()).toBe(1);
});

test('[EN-7] roots that differ because something came while all heads were compared are no fault: the next root tells', async () => {
  const bench = await startEngine({ heads: [3, 2] });
  await bench.server.answer({ root: other });
  await bench.server.say({ type: 'run', run: aRun(4, 4) });
  await bench.server.answer({ root: other, heads: [headOf(1, 3), headOf(2, 2)] });
  while (bench.server.open() > 0) await bench.server.answer({ root: other });
  expect(bench.reports).toEqual([]);
  await heartbeat(bench, other);
  expect(bench.server.open()).toBe(1);
});

test('[EN-7] another difference is looked into at once', async () => {
  const bench = await afterComparing();
  await heartbeat(bench, another);
  expect(bench.server.open()).toBe(1);
});
