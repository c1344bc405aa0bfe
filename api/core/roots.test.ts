import { expect, test } from 'vitest';
import { conversationOf, limits, selfLog, type Op, type UserId } from '#sync-protocol';
import { aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld } from '../../tests/kit/core-world.ts';
import { createRandom } from '../../tests/kit/random.ts';
import type { News } from './ports.ts';
import { createRoots } from './roots.ts';

const people = [1, 2, 3].map(aUser);
const [ann, bob] = people as [UserId, UserId];

test('[RT-2] kept up by what is heard, a root is at every moment the one derived from the store', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = createRandom(seed);
    const world = createCoreWorld({ random: random.next });
    const { roots } = world.server;
    const rooms = new Map<string, readonly UserId[]>();
    people.forEach((user) => roots.connect(user));
    let told = 0;
    const hear = (): void => {
      for (const news of world.news.slice(told)) {
        const id = conversationOf(news.log);
        roots.hear(news, id ? (rooms.get(id) ?? []) : []);
        for (const step of news.steps) if (step.kind === 'move') rooms.set(step.conversation, step.members);
      }
      told = world.news.length;
    };
    await world.makeGroup(1, ann, [bob]);
    await world.makeGroup(2, bob, [ann]);
    for (let step = 0; step < 60; step++) {
      const user = random.pick(people);
      const n = 1 + random.below(2);
      const log = aLog(n);
      const ops: Op[] = [
        world.message(log),
        world.message(log),
        world.say({ log, type: 'members-added', payload: { members: [random.pick(people)] } }),
        world.say({ log, type: 'member-removed', payload: { user: random.pick(people) } }),
        world.say({ log: selfLog(user), type: 'dropped', payload: { conversation: aConversation(n), upTo: 1_000 } }),
      ];
      await world.write(user, [random.pick(ops)]);
      hear();
      const derived = createRoots({ log: world.log, clock: world.clock });
      for (const one of people) expect(await roots.of(one)).toBe(await derived.of(one));
    }
  }
});

test('[RT-1][SY-3] the root alone is that of the list, for those who stayed, left, came back, were purged and dropped', async () => {
  const seen = { purged: 0, dropped: 0, left: 0 };
  for (let seed = 1; seed <= 30; seed++) {
    const random = createRandom(seed);
    const world = createCoreWorld({ random: random.next });
    const logs = [await world.makeGroup(1, ann, [bob]), await world.makeGroup(2, bob, [ann])];
    for (let step = 0; step < 40; step++) {
      const [user, other, log] = [random.pick(people), random.pick(people), random.pick(logs)];
      const say = (type: 'members-added' | 'member-removed' | 'member-left', payload: unknown): Op =>
        world.say({ log, type, payload } as never);
      const conversation = conversationOf(log)!;
      const drop = world.say({ log: selfLog(user), type: 'dropped', payload: { conversation, upTo: 1 + random.below(40) } });
      const ops = [
        world.message(log),
        say('members-added', { members: [other] }),
        say('member-removed', { user: other, purge: random.below(2) === 0 }),
        say('member-left', {}),
        drop,
      ];
      await world.write(user, [random.pick(ops)]);
    }
    for (const user of people) {
      const { root, views } = await world.server.roots.derive(user);
      expect(await world.server.roots.of(user)).toBe(root);
      seen.left += views.filter(({ isMember }) => !isMember).length;
      for (const { membership } of await world.log.conversationsOf(user, 0)) {
        seen.purged += membership.role === undefined && membership.spans.at(-1)?.end?.purge ? 1 : 0;
      }
      seen.dropped += (await world.log.registers(user, 'dropped:')).length;
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
});

test.each(['rootPartsOf', 'conversationsOf'] as const)(
  '[RT-2] what happens while a root is derived does not spoil it, here during %s',
  async (name) => {
    const world = createCoreWorld();
    const log = await world.makeGroup(1, ann, [bob]);
    let isQuiet = false;
    const read = async (user: UserId): Promise<never> => {
      const before = await (world.log[name] as (user: UserId, since: number) => Promise<unknown>)(user, 0);
      if (isQuiet) return before as never;
      isQuiet = true;
      await world.write(bob, [world.message(log)]);
      roots.hear(world.news.at(-1)!, [ann]);
      return before as never;
    };
    const { roots } = world.aServer({ ...world.log, [name]: read });
    roots.connect(ann);
    await (name === 'rootPartsOf' ? roots.of(ann) : roots.derive(ann));
    expect(isQuiet).toBe(true);
    expect(await roots.of(ann)).toBe((await world.server.roots.derive(ann)).root);
  },
);

test('[RT-2] a root at hand is derived anew after five minutes, after doubt, and when nothing can be trusted', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  let reads = 0;
  const rootPartsOf: typeof world.log.rootPartsOf = (...args) => (reads++, world.log.rootPartsOf(...args));
  const { roots } = world.aServer({ ...world.log, rootPartsOf });
  const disconnect = roots.connect(ann);
  const readsFor = async (): Promise<number> => {
    const before = reads;
    await roots.of(ann);
    return reads - before;
  };
  expect([await readsFor(), await readsFor()]).toEqual([1, 0]);
  world.clock.advance(limits.rootAgeMsMax);
  expect([await readsFor(), await readsFor()]).toEqual([1, 0]);
  const inDoubt: News = { log: aLog(), after: { head: 1, chain: (await world.log.chainAt(aLog(), 1))! }, steps: [] };
  roots.hear(inDoubt, [ann]);
  expect([await readsFor(), await readsFor()]).toEqual([1, 0]);
  roots.forgetAll();
  expect([await readsFor(), await readsFor()]).toEqual([1, 0]);
  disconnect();
  expect([await readsFor(), await readsFor()]).toEqual([1, 1]);
});
