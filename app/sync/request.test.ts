import { expect, test } from 'vitest';
import { PROTOCOL_VERSION, registerKeys } from '#sync-protocol';
import { aChain, aConversation, aLog, aRow, aTime, aUser } from '#sync-protocol/testing';
import { act, aRoot, startEngine, type StoreBench } from '../../tests/kit/engine-bench.ts';

const upToDate = {
  version: PROTOCOL_VERSION,
  storeEpoch: 'one',
  self: { watermark: 1, chain: aChain(1) },
  root: aRoot(3, 2),
  since: aTime(0),
};

test('[EN-3] a device that lacks nothing says where it stands and nothing else', async () => {
  const { server } = await startEngine({ heads: [3, 2] });
  expect(server.requests).toEqual([upToDate]);
});

test('[EN-3] only the log that is behind is asked for', async () => {
  const { server } = await startEngine({
    heads: [3, 2],
    before: ({ commit }) => commit({ kind: 'rows', rows: [aRow(2, 7)] }),
  });
  const logs = [{ log: aLog(2), watermark: 2, chain: aChain(2) }];
  expect(server.requests).toEqual([{ ...upToDate, root: aRoot(3, 7), logs }]);
});

test('[EN-3] a first sign-in says nothing of what is not there, and asks who one is', async () => {
  const { server } = await startEngine({ heads: [] });
  expect(server.requests).toEqual([{ version: PROTOCOL_VERSION, people: [aUser(1)] }]);
});

test('[EN-3] people and rows are asked for once, when somebody unknown is named', async () => {
  const { server, session, reports } = await startEngine();
  const stranger = aUser(7);
  const named = { ...aRow(1, 3), preview: { id: aConversation() as never, by: stranger, kind: 'text', text: 'hi' } };
  await server.answer({ rows: [named] });
  expect(server.requests[1]).toMatchObject({ people: [stranger] });
  await server.answer();
  await act(() => session.commands.tryNow());
  expect(server.requests[2]).not.toHaveProperty('people');
  expect(reports).toEqual([]);
});

/** 52 groups of which nothing is held: the higher the number, the more recent. */
const manyGroups = ({ commit }: StoreBench) => {
  const rows = Array.from({ length: 52 }, (_, i) => aRow(i + 1, 1, { lastAt: aTime(i) }));
  const snapshot = rows.map(({ id }) => ({ key: registerKeys.member(id), revised: 1, value: { spans: [{ from: 1 }] } }));
  return commit({ kind: 'self-snapshot', snapshot: { snapshot, at: 1, chain: aChain(1), rows }, storeEpoch: 'one' });
};

test('[EN-9] the fifty most recent conversations are fetched before they are opened, the newest first', async () => {
  const { server } = await startEngine({ heads: [], before: manyGroups });
  const asked = server.requests[0]?.logs?.map(({ log }) => log) ?? [];
  expect(asked).toHaveLength(50);
  expect(asked.slice(0, 2)).toEqual([aLog(52), aLog(51)]);
  expect(asked.at(-1)).toBe(aLog(3));
  expect(server.requests[0]?.logs?.every(({ empty }) => empty)).toBe(true);
});

test('[EN-9] an older one is fetched when it is opened, and before the others', async () => {
  const { server, session } = await startEngine({ heads: [], before: manyGroups });
  await server.fail();
  await act(() => session.commands.open(aConversation(1)));
  await act(() => session.commands.tryNow());
  await server.fail();
  const asked = server.requests.at(-1)?.logs?.map(({ log }) => log);
  expect(asked?.[0]).toBe(aLog(1));
  expect(asked).not.toContain(aLog(2));
});
