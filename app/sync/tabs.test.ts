import { expect, test } from 'vitest';
import { aConversation, aLog, aMessage, aRow } from '#sync-protocol/testing';
import { act, aRoot, aWindow, quiet, startEngine } from '../../tests/kit/engine-bench.ts';

test('[EN-10] one tab asks the server; what another one stages leaves through it', async () => {
  const { server, tabs, outbox } = await startEngine({ tabs: 2 });
  expect(server.requests).toHaveLength(1);
  await server.answer();
  const id = await act(() => tabs[1]!.commands.sendMessage(aConversation(), { text: 'from the other tab' }));
  expect(await outbox()).toMatchObject([{ opId: id, state: { at: 'sending' } }]);
  expect(server.requests[1]?.ops).toMatchObject([{ opId: id }]);
  expect(server.requests).toHaveLength(2);
});

test('[EN-10] what another tab shows is kept current, and what it lacks is filled through the leader', async () => {
  const { server, tabs, messages } = await startEngine({
    tabs: 2,
    before: ({ commit }) => commit({ kind: 'window', window: aWindow(3, 6, 8) }),
  });
  await server.answer();
  await act(() => tabs[1]!.commands.open(aConversation()));
  expect(server.requests[1]).toMatchObject({ receiptsOf: [{ conversation: aConversation() }] });
  const filled = tabs[1]!.commands.fill(aConversation(), { from: 4, to: 5 });
  await quiet();
  expect(server.pages).toEqual([{ conversation: aConversation(), from: 4, to: 5, atLeast: 8 }]);
  await server.answerPage({ storeEpoch: 'one', asOf: 8, from: 4, to: 5, messages: [aMessage(4), aMessage(5)], more: false });
  expect(await filled).toBe('filled');
  expect((await messages()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('[EN-10] every tab knows how the engine fares', async () => {
  const { server, tabs } = await startEngine({
    tabs: 2,
    before: ({ commit }) => commit({ kind: 'rows', rows: [aRow(1, 9)] }),
  });
  await server.ready(aRoot(9));
  await quiet();
  expect(tabs[0]!.state.get().link).toEqual({ at: 'catching-up' });
  expect(tabs[1]!.state.get()).toEqual(tabs[0]!.state.get());
});

test('[EN-10] when the leading tab goes, another one leads on and sends again what was on its way', async () => {
  const { server, tabs } = await startEngine({ tabs: 2 });
  await server.answer();
  const id = await act(() => tabs[0]!.commands.sendMessage(aConversation(), { text: 'hello' }));
  expect(server.requests).toHaveLength(2);
  await tabs[0]!.stop();
  await quiet();
  expect(server.requests).toHaveLength(3);
  expect(server.requests[2]?.ops).toMatchObject([{ opId: id, log: aLog() }]);
});
