import { expect, test } from 'vitest';
import type { Profile } from '#sync-protocol';
import { aConversation, aRun, aTime, aUser } from '#sync-protocol/testing';
import { act, aRoot, aSelfRun, me, startEngine } from '../../tests/kit/engine-bench.ts';
import { readMe } from '../store/queries/people.ts';

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

const profileChanged = aSelfRun(2, { type: 'profile', payload: {} });
const addedBy = (n: number) => aSelfRun(2, { type: 'contact-of', payload: { user: aUser(n), on: true } });
const oneself: Profile = { id: me, name: 'Person 1', about: '', phone: '+41446681800', changedAt: aTime(1) };

test('[EN-11][AC-14] one’s own profile is asked for again when it changed elsewhere, also by a device that was closed in between', async () => {
  const { server, store } = await startEngine();
  await server.answer();
  await server.ready(aRoot(3));
  await server.answer();
  await server.say({ type: 'self', run: profileChanged });
  expect(server.requests.at(-1)).toMatchObject({ people: [me] });
  expect(await store.lead()).toMatchObject({ people: [me] });

  const restarted = await startEngine({ before: ({ commit }) => commit({ kind: 'self-run', run: profileChanged }) });
  expect(restarted.server.requests[0]).toMatchObject({ people: [me] });
  await restarted.server.answer({ people: [oneself] });
  expect((await restarted.backend.read((tx) => readMe(tx, me))).phone).toBe(oneself.phone);
  expect(restarted.server.open()).toBe(0);
  expect(await restarted.store.lead()).toMatchObject({ people: [] });
});

test('[EN-11] whoever was named is asked for until there is an answer, also when it is nothing', async () => {
  const { server, store } = await startEngine({ before: ({ commit }) => commit({ kind: 'self-run', run: addedBy(7) }) });
  expect(server.requests[0]).toMatchObject({ people: [aUser(7)] });
  await server.fail();
  expect(await store.lead()).toMatchObject({ people: [aUser(7)] });
  const { server: later, store: answered } = await startEngine({
    before: ({ commit }) => commit({ kind: 'self-run', run: addedBy(7) }),
  });
  await later.answer();
  expect(await answered.lead()).toMatchObject({ people: [] });
});

test('[EN-11][EN-3] a start with nothing new names nobody', async () => {
  const { server } = await startEngine();
  expect(server.requests[0]).not.toHaveProperty('people');
});
