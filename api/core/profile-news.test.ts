import { expect, test } from 'vitest';
import { conversationLog, selfLog, type UserId } from '#sync-protocol';
import { aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, directOf, type CoreWorld } from '../../tests/kit/core-world.ts';
import type { LiveStep } from './ports.ts';
import { createProfileNews } from './profile-news.ts';

const [ann, bob, cem, dan, eve] = [1, 2, 3, 4, 5].map(aUser) as [UserId, UserId, UserId, UserId, UserId];

const spreads = ({ news }: Pick<CoreWorld, 'news'>) =>
  news.flatMap(({ steps }) => steps.filter((step): step is LiveStep & { kind: 'spread' } => step.kind === 'spread'));

/** The news of a world whose pauses end when the test says. */
function aTeller(world: CoreWorld) {
  const pauses: (() => void)[] = [];
  let version = 0;
  const phone = '+41446681800';
  const profileNews = createProfileNews({
    ...world,
    people: {
      visibleTo: async (_, users) =>
        users.map((id) => ({ id, name: `Version ${++version}`, about: '', phone, changedAt: version })),
    },
    pause: () => new Promise<void>((resolve) => void pauses.push(resolve)),
    reportBug: (error) => void world.bugs.push(error),
  });
  return { profileNews, pauses };
}
const names = (world: CoreWorld) => spreads(world).map(({ down }) => (down.type === 'profile' ? down.profile.name : undefined));

test('[PR-1] a changed profile goes once to the rooms of its person’s conversations, their contacts and their own devices', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  await world.makeGroup(2, cem, [dan]);
  await world.write(ann, [{ ...world.message(conversationLog(directOf(ann, cem))), with: cem }]);
  await world.write(dan, [world.say({ log: selfLog(dan), type: 'contact', payload: { user: ann, on: true } })]);
  await world.write(ann, [world.say({ log: selfLog(ann), type: 'contact', payload: { user: eve, on: true } })]);
  await world.write(ann, [world.say({ log: selfLog(ann), type: 'profile', payload: { name: 'Anna' } })]);
  await expect.poll(() => spreads(world)).toHaveLength(1);
  const [spread] = spreads(world);
  const rooms = [`${aLog(1)}:0`, `c:${directOf(ann, cem)}:0`, selfLog(ann), selfLog(dan), selfLog(eve)];
  expect([...spread!.rooms].toSorted()).toEqual(rooms.toSorted());
  expect(world.bugs).toEqual([]);
});

test('[PR-1] a number is never pushed', async () => {
  const world = createCoreWorld();
  const { profileNews } = aTeller(world);
  profileNews.changed(ann);
  await expect.poll(() => names(world)).toEqual(['Version 1']);
  expect(JSON.stringify(world.news)).not.toContain('+41');
});

test('[PR-1] however often somebody changes theirs, it is pushed at intervals, and the last one always', async () => {
  const world = createCoreWorld();
  const { profileNews, pauses } = aTeller(world);
  for (let n = 0; n < 500; n++) profileNews.changed(ann);
  await expect.poll(() => pauses.length).toBe(1);
  expect(names(world)).toEqual(['Version 1']);
  pauses[0]!();
  await expect.poll(() => pauses.length).toBe(2);
  expect(names(world)).toEqual(['Version 1', 'Version 2']);
  pauses[1]!();
  await expect
    .poll(() => {
      profileNews.changed(ann);
      return names(world).length;
    })
    .toBe(3);
});

test('[PR-1] a store that fails is reported, and the next change is pushed', async () => {
  const world = createCoreWorld();
  let isDown = true;
  const conversationsOf: CoreWorld['log']['conversationsOf'] = async (...args) => {
    if (isDown) throw new Error('down');
    return world.log.conversationsOf(...args);
  };
  const { profileNews, pauses } = aTeller({ ...world, log: { ...world.log, conversationsOf } });
  profileNews.changed(ann);
  await expect.poll(() => pauses.length).toBe(1);
  expect(world.bugs).toHaveLength(1);
  isDown = false;
  profileNews.changed(ann);
  pauses[0]!();
  await expect.poll(() => names(world)).toHaveLength(1);
});

test('[PR-2] a sync names who changed theirs since the last one less a minute, but not whom it was asked for', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob, cem]);
  const rename = (user: UserId) =>
    world.write(user, [world.say({ log: selfLog(user), type: 'profile', payload: { name: 'X' } })]);
  world.clock.advance(1_000);
  await rename(bob);
  const at = world.clock.now();
  world.clock.advance(60_000);
  await rename(cem);
  const since = world.clock.now();
  const named = async (request: object) => (await world.syncAs(ann, request)).peopleChanged;
  expect(await named({ since })).toEqual([
    [bob, at],
    [cem, since],
  ]);
  expect(await named({ since, people: [cem] })).toEqual([[bob, at]]);
  expect(await named({ since: since + 1 })).toEqual([[cem, since]]);
  expect(await named({ since: since + 60_001 })).toBeUndefined();
  expect(await named({})).toBeUndefined();
});
