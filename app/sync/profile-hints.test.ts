import { expect, test } from 'vitest';
import type { Profile, UserId } from '#sync-protocol';
import { anEvent, aRun, aTime, aUser } from '#sync-protocol/testing';
import { act, aRoot, aSelfRun, type EngineBench, me, startEngine, type StoreBench } from '../../tests/kit/engine-bench.ts';
import { readNames } from '../store/queries/people.ts';

const other = aUser(2);
const aProfile = (parts: Partial<Profile> = {}): Profile => ({
  id: other,
  name: 'New name',
  about: '',
  changedAt: aTime(5),
  ...parts,
});
const nameOf = async ({ backend }: StoreBench, user = other) => (await backend.read((tx) => readNames(tx, me))).get(user)?.name;
const phoneOf = async ({ backend }: StoreBench) => (await backend.read((tx) => tx.people.get(other)))?.phone;

/** Signed in, synced and listening. */
async function live(before?: (bench: StoreBench) => Promise<unknown>): Promise<EngineBench> {
  const bench = await startEngine(before ? { before } : {});
  await bench.server.answer({ root: aRoot(3) });
  await bench.server.ready(aRoot(3));
  await bench.server.answer({ root: aRoot(3) });
  expect(bench.server.open()).toBe(0);
  return bench;
}
const withNumber = ({ commit }: StoreBench) =>
  commit({ kind: 'people', people: [aProfile({ name: 'Old name', phone: '+41446681800', changedAt: aTime(0) })] });

test('[PR-1] a pushed profile is shown at once, and nothing is asked', async () => {
  const bench = await live();
  await bench.server.say({ type: 'profile', profile: aProfile() });
  expect(await nameOf(bench)).toBe('New name');
  await bench.clock.pass(10_000);
  expect(bench.server.open()).toBe(0);
});

test('[PR-1] who holds a number shows the new name at once, and asks for the rest a little later, once for all that came', async () => {
  const bench = await live(withNumber);
  const { server, clock } = bench;
  await server.say({ type: 'profile', profile: aProfile({ name: 'Newer' }) });
  await clock.pass(500);
  await server.say({ type: 'profile', profile: aProfile({ name: 'Newest', changedAt: aTime(6) }) });
  expect([await nameOf(bench), await phoneOf(bench)]).toEqual(['Newest', '+41446681800']);
  // Chance is in the middle of two seconds.
  await clock.pass(499);
  expect(server.open()).toBe(0);
  await clock.pass(1);
  expect(server.requests.at(-1)).toMatchObject({ people: [other] });
  await server.answer({ root: aRoot(3), people: [aProfile({ name: 'Newest', changedAt: aTime(6) })] });
  expect([await nameOf(bench), await phoneOf(bench)]).toEqual(['Newest', undefined]);
  await clock.pass(10_000);
  expect(server.open()).toBe(0);
});

test('[PR-1] an app that is closed before it has asked asks when it is opened', async () => {
  const { server, store } = await live(withNumber);
  await server.say({ type: 'profile', profile: aProfile() });
  expect(await store.lead()).toMatchObject({ people: [other] });
});

test('[PR-1][PR-2] an answer from before the push that comes after it is mended by the next sync', async () => {
  const bench = await startEngine({
    before: async (device) => {
      await withNumber(device);
      await device.commit({ kind: 'self-run', run: aSelfRun(2, { type: 'contact', payload: { user: other, on: true } }) });
    },
  });
  const { server, session } = bench;
  expect(server.requests[0]).toMatchObject({ people: [other] });
  await server.ready(aRoot(3));
  await server.say({ type: 'profile', profile: aProfile() });
  await server.answer({ root: aRoot(3), people: [aProfile({ name: 'Old name', changedAt: aTime(0) })] });
  while (server.open() > 0) await server.answer({ root: aRoot(3) });
  await act(() => session.commands.tryNow());
  await server.answer({ root: aRoot(3), peopleChanged: [[other, aTime(5)]] });
  expect(server.requests.at(-1)).toMatchObject({ people: [other] });
  await server.answer({ root: aRoot(3), people: [aProfile()] });
  expect([await nameOf(bench), await phoneOf(bench)]).toEqual(['New name', undefined]);
});

test('[PR-4] an earlier profile replaces no later one, pushed or answered', async () => {
  const bench = await live(({ commit }) => commit({ kind: 'people', people: [aProfile()] }));
  const earlier = aProfile({ name: 'Old name', changedAt: aTime(4) });
  await bench.server.say({ type: 'profile', profile: earlier });
  expect(await nameOf(bench)).toBe('New name');
  await act(() => bench.session.commands.tryNow());
  await bench.server.answer({ root: aRoot(3), people: [earlier] });
  expect(await nameOf(bench)).toBe('New name');
});

test('[PR-2] of whom an older profile is held is asked for when a sync names them, and nobody else', async () => {
  const { server, session, store } = await live(({ commit }) =>
    commit({ kind: 'people', people: [3, 4].map((n) => aProfile({ id: aUser(n) })) }),
  );
  const peopleChanged: [UserId, number][] = [
    [other, aTime(5)],
    [aUser(3), aTime(5)],
    [aUser(4), aTime(4)],
    [aUser(9), aTime(5)],
  ];
  await act(() => session.commands.tryNow());
  await server.answer({ root: aRoot(3), peopleChanged });
  expect(server.requests.at(-1)).toMatchObject({ people: [other] });
  expect(await store.lead()).toMatchObject({ people: [other] });
});

test('[PR-2][EN-8] who is named again and again is asked for once, and what is known is not stored again', async () => {
  const { server, session, backend } = await live();
  const held = async () => JSON.stringify(await backend.read(async (tx) => [await tx.people.all(), await tx.meta.all()]));
  const answer = { root: aRoot(3), peopleChanged: [[other, aTime(5)]] as [UserId, number][] };
  await act(() => session.commands.tryNow());
  await server.answer(answer);
  await server.answer({ root: aRoot(3), people: [aProfile()] });
  expect(server.open()).toBe(0);
  const before = await held();
  await act(() => session.commands.tryNow());
  await server.answer(answer);
  expect(server.open()).toBe(0);
  expect(await held()).toBe(before);
});

test('[PR-2] the next sync asks for changes since the first answer of this one, however long the rest took', async () => {
  const { server, session } = await live();
  await act(() => session.commands.tryNow());
  await server.answer({ now: aTime(100), logs: [{ kind: 'run', ...aRun(4, 6, { head: 9 }) }], more: true });
  await server.answer({ now: aTime(900), logs: [{ kind: 'run', ...aRun(7, 9) }], root: aRoot(9) });
  expect(server.open()).toBe(0);
  await act(() => session.commands.tryNow());
  expect(server.requests.at(-1)).toMatchObject({ since: aTime(100) });
});

test('[EN-11] who came without having been asked for is not asked for after it', async () => {
  const { server, session } = await live();
  await act(() => session.commands.tryNow());
  const run = aRun(4, 4, { items: [anEvent(4, { by: aUser(7) })] });
  await server.answer({ root: aRoot(4), logs: [{ kind: 'run', ...run }], people: [aProfile({ id: aUser(7) })] });
  expect(server.open()).toBe(0);
});

test('[PR-4] under another store epoch what is held is asked for, and an earlier profile replaces it', async () => {
  const bench = await live(({ commit }) => commit({ kind: 'people', people: [aProfile()] }));
  const { server, session } = bench;
  await act(() => session.commands.tryNow());
  await server.answer({ root: aRoot(3), storeEpoch: 'two' });
  expect(server.requests.at(-1)).toMatchObject({ people: expect.arrayContaining([other]) as string[] });
  await server.answer({ root: aRoot(3), storeEpoch: 'two', people: [aProfile({ name: 'Restored', changedAt: aTime(2) })] });
  expect(await nameOf(bench)).toBe('Restored');
});
