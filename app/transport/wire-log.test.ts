import { expect, test } from 'vitest';
import { aConversation, aLog, anOp, aRun } from '#sync-protocol/testing';
import type { SocketHandlers, Transport } from '../sync/ports.ts';
import { withWireLog } from './wire-log.ts';

function aTransport() {
  let handlers: SocketHandlers | undefined;
  const transport: Transport = {
    sync: async () => ({ kind: 'unreachable' }),
    history: async () => ({ kind: 'refused', refusal: 'not-found' }),
    connect: (given) => {
      handlers = given;
      return { tell: () => undefined, ask: async () => undefined, close: () => undefined };
    },
  };
  return { transport, down: (message: Parameters<SocketHandlers['down']>[0]) => handlers?.down(message) };
}

test('what goes over the wire is noted in order, both ways', async () => {
  let now = 0;
  const { transport, down } = aTransport();
  const tapped = withWireLog(transport, () => ++now);
  const heard: string[] = [];
  const socket = tapped.transport.connect({ down: ({ type }) => heard.push(type), closed: () => undefined });
  down({ type: 'run', run: aRun(5, 7) });
  await tapped.transport.sync({ version: 1, ops: [anOp(1)] });
  await tapped.transport.history({ conversation: aConversation(), from: 1, to: 9, atLeast: 9 });
  await socket.ask({ type: 'ops', storeEpoch: 'e', ops: [anOp(1), anOp(2)] }, 1);
  expect(heard).toEqual(['run']);
  expect(tapped.log.get().lines).toEqual([
    { atMs: 1, way: 'up', said: 'connect' },
    { atMs: 2, way: 'down', said: `run ${aLog()} (4, 7]` },
    { atMs: 3, way: 'up', said: 'sync from nothing: ops 1' },
    { atMs: 4, way: 'down', said: 'sync unreachable' },
    { atMs: 5, way: 'up', said: `history ${aConversation()} 1–9` },
    { atMs: 6, way: 'down', said: 'history refused: not-found' },
    { atMs: 7, way: 'up', said: 'ops 2' },
    { atMs: 8, way: 'down', said: 'no answer in time' },
  ]);
});

test('only the last forty are kept, and none says what anybody wrote', async () => {
  const { transport, down } = aTransport();
  const tapped = withWireLog(transport, () => 0);
  tapped.transport.connect({ down: () => undefined, closed: () => undefined });
  for (let seq = 1; seq <= 60; seq++) down({ type: 'run', run: aRun(seq, seq) });
  const { lines } = tapped.log.get();
  expect(lines).toHaveLength(40);
  expect(lines.at(-1)?.said).toContain('(59, 60]');
  expect(JSON.stringify(lines)).not.toContain('message 60');
});
