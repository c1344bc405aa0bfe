import { expect, test } from 'vitest';
import { aConversation, aRun } from '#sync-protocol/testing';
import { act, aRoot, aSelfRun, startEngine } from '../../tests/kit/engine-bench.ts';

const dropped = aSelfRun(2, { type: 'dropped', payload: { conversation: aConversation(1), upTo: 3 } });

test('[RT-4] what its person dropped is left out of the root, until something new is in it', async () => {
  const { server, session } = await startEngine({ heads: [3, 2] });
  expect(server.requests[0]).toMatchObject({ root: aRoot(3, 2) });
  await server.answer({ root: aRoot(0, 2), self: dropped });
  expect(server.open()).toBe(0);
  await act(() => session.commands.tryNow());
  expect(server.requests.at(-1)).toMatchObject({ root: aRoot(0, 2) });
  await server.answer({ root: aRoot(4, 2), logs: [{ kind: 'run', ...aRun(4, 4) }] });
  await act(() => session.commands.tryNow());
  expect(server.requests.at(-1)).toMatchObject({ root: aRoot(4, 2) });
});

test('[RT-4] a device that starts again still leaves it out', async () => {
  const { server } = await startEngine({
    heads: [3, 2],
    before: ({ commit }) => commit({ kind: 'self-run', run: dropped }),
  });
  expect(server.requests[0]).toMatchObject({ root: aRoot(0, 2) });
});
