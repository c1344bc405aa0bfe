import { expect, test } from 'vitest';
import { selfLog, type Op, type UserId } from '#sync-protocol';
import { aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, type CoreWorld } from '../../tests/kit/core-world.ts';
import { bounds } from './bounds.ts';
import type { LiveStep } from './ports.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)] as const;
const log = aLog();
const id = aConversation();
const room = (roomEpoch: number) => `c:${id}:${roomEpoch}`;

const remove = (world: CoreWorld, user: UserId): Op => world.say({ log, type: 'member-removed', payload: { user } });
const add = (world: CoreWorld, user: UserId): Op => world.say({ log, type: 'members-added', payload: { members: [user] } });

/** What was told of the conversation by these ops, in one batch. */
async function stepsOf(world: CoreWorld, by: UserId, ops: readonly Op[]): Promise<readonly LiveStep[]> {
  const before = world.news.length;
  await world.write(by, ops);
  return world.news
    .slice(before)
    .filter((news) => news.log === log)
    .flatMap(({ steps }) => steps);
}
const run = (roomEpoch: number, from: number, to: number) => ({
  kind: 'deliver',
  room: room(roomEpoch),
  down: { type: 'run', run: { from, to } },
});

test('[LV-1] a batch is one run that joins what came before, without what only the store needs', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const steps = await stepsOf(world, ann, [world.message(log), world.message(log)]);
  expect(steps).toMatchObject([run(0, 1, 3)]);
  expect(world.news.at(-1)).toMatchObject({ before: { head: 1 }, after: { head: 3, chain: await world.log.chainAt(log, 3) } });
  expect(JSON.stringify(steps)).not.toContain('bodyHash');
});

test('[LV-5] a removal is the last thing its room carries; the others are moved before what follows', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob, cem]);
  const steps = await stepsOf(world, ann, [world.message(log), remove(world, bob), world.message(log)]);
  const move = { kind: 'move', conversation: id, roomEpoch: 1, members: [ann, cem] };
  expect(steps).toMatchObject([run(0, 1, 2), run(0, 2, 3), move, run(1, 3, 4)]);
});

test('[LV-5] who comes in is moved in first, and hears of it', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const steps = await stepsOf(world, ann, [world.message(log), add(world, cem), world.message(log)]);
  expect(steps).toMatchObject([run(0, 1, 2), { kind: 'move', roomEpoch: 0, members: [ann, bob, cem] }, run(0, 2, 4)]);
});

test('[LV-7] what names a message somebody may not see is told as a head', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const old = world.message(log);
  await world.write(ann, [old, add(world, cem)]);
  const edit = world.say({ log, type: 'edit', target: old.opId, payload: { body: { kind: 'text', text: 'secret' } } });
  const fresh = world.message(log);
  const react = world.say({ log, type: 'reaction', target: fresh.opId, payload: { emoji: '+', on: true } });
  const steps = await stepsOf(world, ann, [fresh, edit, react]);
  const head = { type: 'head', conversation: id, head: 5, chain: await world.log.chainAt(log, 5) };
  expect(steps).toMatchObject([run(0, 3, 4), { room: room(0), down: head }, run(0, 5, 6)]);
  expect(JSON.stringify(steps)).not.toContain('secret');
});

test('[LV-4] a run too large for a socket is split', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const long = 'x'.repeat(bounds.liveRunBytesMax / 5);
  const steps = await stepsOf(
    world,
    ann,
    Array.from({ length: 10 }, () => world.message(log, long)),
  );
  expect(steps).toMatchObject([run(0, 1, 5), run(0, 5, 9), run(0, 9, 11)]);
});

test('[LV-1] a self log is told to its owner', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const news = world.news.filter((one) => one.log === selfLog(bob));
  expect(news).toMatchObject([
    { steps: [{ room: `u:${bob}`, down: { type: 'self', run: { from: 0, to: 1, items: [{ type: 'joined' }] } } }] },
  ]);
});

test('[LV-1] an append whose outcome was in doubt is told as a head, with who belongs in the room', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  let fails = 1;
  const append: typeof world.log.append = async (...args) => {
    const stored = await world.log.append(...args);
    if (fails-- > 0) throw new Error('connection lost');
    return stored;
  };
  await world.write(ann, [world.message(log)], world.aServer({ ...world.log, append }));
  const [move, head] = world.news.at(-1)!.steps;
  expect(world.news.at(-1)).not.toHaveProperty('before');
  expect(move).toMatchObject({ kind: 'move', roomEpoch: 0, members: [ann, bob] });
  expect(head).toMatchObject({ room: room(0), down: { type: 'head', head: 2 } });
});

test('[LV-1] a bus that throws reaches nobody who writes', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  world.bus.tell = () => {
    throw new Error('bus');
  };
  expect(await world.write(ann, [world.message(log)])).toMatchObject([{ seq: 2 }]);
  expect(world.bugs).toHaveLength(1);
});

test('[LV-2] the rooms of a person are those of the conversations they are in now, and their own', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob, cem]);
  await world.makeGroup(2, ann, [bob]);
  await world.write(ann, [remove(world, cem)]);
  expect(await world.server.rooms(bob)).toEqual([`u:${bob}`, room(1), `c:${aConversation(2)}:0`]);
  expect(await world.server.rooms(cem)).toEqual([`u:${cem}`]);
});
