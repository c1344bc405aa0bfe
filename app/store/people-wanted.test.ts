import { expect, test } from 'vitest';
import { registerKeys, type UserId } from '#sync-protocol';
import { aChain, aConversation, anEvent, aRow, aRun, aState, aTime, aUser } from '#sync-protocol/testing';
import { aSelfRun, aWindow, createStoreBench, type StoreBench } from '../../tests/kit/engine-bench.ts';

const members = (...ns: number[]) => ns.map((n): [UserId, 'member'] => [aUser(n), 'member']);
const asked = (...ns: number[]) => ({ kind: 'committed', people: ns.map(aUser) });

/** Holds a profile of the first five people. */
async function aDevice(): Promise<StoreBench> {
  const bench = await createStoreBench();
  const people = [1, 2, 3, 4, 5].map((n) => ({ id: aUser(n), name: `Person ${n}`, about: '', changedAt: aTime(0) }));
  await bench.commit({ kind: 'people', people });
  return bench;
}
/** In a group with persons 2 and 3, held up to message 3. */
async function inGroup(): Promise<StoreBench> {
  const bench = await aDevice();
  const joined = aSelfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } });
  await bench.commit({ kind: 'self-run', run: joined });
  await bench.commit({ kind: 'window', window: windowOf(0, 3, [1, 2, 3]) });
  return bench;
}
const windowOf = (from: number, head: number, ns: readonly number[]) =>
  aWindow(from, head, head, { row: aRow(1, head), state: aState({ asOf: head, members: members(...ns) }) });

test('[PR-3] who comes into a conversation asks for everybody in it, but not for themselves', async () => {
  const { commit } = await aDevice();
  expect(await commit({ kind: 'window', window: windowOf(0, 3, [1, 2, 3]) })).toMatchObject(asked(2, 3));
});

test('[PR-3] who is in it already asks only for those who came since', async () => {
  const { commit } = await inGroup();
  expect(await commit({ kind: 'window', window: windowOf(3, 5, [1, 2, 3]) })).toMatchObject(asked());
  expect(await commit({ kind: 'window', window: windowOf(5, 7, [1, 2, 3, 4]) })).toMatchObject(asked(4));
  const added = anEvent(8, { type: 'members-added', payload: { members: [aUser(5)] } });
  expect(await commit({ kind: 'run', run: aRun(8, 8, { items: [added] }) })).toMatchObject(asked(5));
  expect(await commit({ kind: 'run', run: aRun(9, 9) })).toMatchObject(asked());
});

test('[PR-3] who comes back asks for those who were there', async () => {
  const { commit } = await inGroup();
  const left = aSelfRun(2, { type: 'left', payload: { conversation: aConversation(), to: 3, purge: false } });
  await commit({ kind: 'self-run', run: left });
  const joined = aSelfRun(3, { type: 'joined', payload: { conversation: aConversation(), from: 9 } });
  expect(await commit({ kind: 'self-run', run: joined })).toMatchObject(asked(2, 3));
});

test.each([
  ['contact', { user: aUser(3), on: true }],
  ['contact-of', { user: aUser(3), on: true }],
  ['joined', { conversation: aConversation(8), from: 1, with: aUser(3) }],
])('[PR-3] somebody new to have to do with is asked for: %s', async (type, payload) => {
  const { commit } = await aDevice();
  expect(await commit({ kind: 'self-run', run: aSelfRun(1, { type, payload }) })).toMatchObject(asked(3));
});

test('[PR-3] contacts of a self log that is told in full are asked for', async () => {
  const { commit } = await aDevice();
  const snapshot = [{ key: registerKeys.contact(aUser(3)), revised: 1, value: { on: false, of: true } }];
  const result = await commit({
    kind: 'self-snapshot',
    snapshot: { snapshot, at: 1, chain: aChain(1), rows: [] },
    storeEpoch: 'one',
  });
  expect(result).toMatchObject(asked(3));
});
