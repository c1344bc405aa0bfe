import { describe, expect, test } from 'vitest';
import {
  conversationLog,
  isRefused,
  selfLog,
  type Answer,
  type LogId,
  type MemberRegister,
  type Op,
  type UserId,
} from '#sync-protocol';
import { aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, directOf, type CoreWorld } from '../../tests/kit/core-world.ts';
import { createFaultyEventLog, type Fault } from '../../tests/kit/faulty-event-log.ts';
import { createRandom } from '../../tests/kit/random.ts';
import type { EventLog } from './ports.ts';

const [ann, bob, cem, dan] = [aUser(1), aUser(2), aUser(3), aUser(4)] as const;
const people = [ann, bob, cem, dan];
const log = aLog();
const direct = conversationLog(directOf(ann, dan));

/** A story in which people come, go, come back, begin to talk and add each other. */
function aStory(world: CoreWorld): readonly { readonly by: UserId; readonly op: Op }[] {
  const to = (by: UserId, op: Op) => ({ by, op });
  return [
    to(ann, world.say({ log, type: 'group-created', payload: { title: 'Group', members: [bob, cem] } })),
    to(bob, world.message(log)),
    to(ann, world.say({ log, type: 'member-removed', payload: { user: bob, purge: true } })),
    to(ann, world.say({ log, type: 'members-added', payload: { members: [bob, dan] } })),
    to(cem, world.say({ log, type: 'member-left', payload: {} })),
    to(ann, { ...world.message(direct), with: dan }),
    to(dan, world.say({ log: selfLog(dan), type: 'contact', payload: { user: ann, on: true } })),
    to(ann, world.say({ log: selfLog(ann), type: 'contact', payload: { user: dan, on: true } })),
  ];
}

/** Everything that can be read, but for times. In what order relays reach a self log may differ after a crash; what they come to may not. */
async function everything(store: EventLog): Promise<unknown> {
  const logs: LogId[] = [log, direct, ...people.map(selfLog)];
  const saidIn = async (of: LogId) =>
    (await store.read(of, 0, 1_000)).map(({ type, by, payload }) => JSON.stringify({ type, by, payload }));
  const said = await Promise.all(logs.map(async (of) => (await saidIn(of)).toSorted()));
  const heldBy = async (user: UserId) => (await store.registers(user)).map(({ key, value }) => ({ key, value }));
  return { said, registers: await Promise.all(people.map(heldBy)) };
}

/** What the self logs say of stays is what the conversations say. */
async function expectRelayed(store: EventLog): Promise<void> {
  for (const of of [log, direct]) {
    for (const { user, spans } of await store.memberships(of)) {
      const register = await store.register(user, `member:${of.slice(2)}`);
      const stays = spans.map(({ from, to }) => ({ from, ...(to !== undefined && { to }) }));
      expect((register?.value as MemberRegister | undefined)?.spans).toEqual(stays);
    }
  }
  expect(await store.unrelayed()).toEqual([]);
}

async function tell(world: CoreWorld, story: ReturnType<typeof aStory>, server = world.server): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { by, op } of story) answers.push(...(await world.write(by, [op], server)));
  return answers;
}

test('[RL-1] stays and contacts reach the self logs of those concerned before the answer', async () => {
  const world = createCoreWorld();
  await tell(world, aStory(world));
  await expectRelayed(world.log);
  const bobs = await world.log.read(selfLog(bob), 0, 10);
  expect(bobs.map(({ type, by, payload }) => ({ type, by, payload }))).toEqual([
    { type: 'joined', by: ann, payload: { conversation: aConversation(), from: 1 } },
    { type: 'left', by: ann, payload: { conversation: aConversation(), to: 3, purge: true } },
    { type: 'joined', by: ann, payload: { conversation: aConversation(), from: 4 } },
  ]);
  expect(bobs.every(({ opId }) => opId[14] === '8')).toBe(true);
  expect((await world.log.register(ann, `contact:${dan}`))?.value).toEqual({ on: true, of: true });
  expect((await world.log.register(dan, `contact:${ann}`))?.value).toEqual({ on: true, of: true });
});

const faults: readonly Fault[] = ['throw-before', 'throw-after', 'crash-before', 'crash-after'];

describe.each(faults)('%s, at any one operation of the store', (fault) => {
  test.each(['writes', 'all'] as const)(
    '[RL-2][SQ-1][OP-2] %s: repaired at the next start, and sent again it is the same story',
    async (counts) => {
      const flawless = createCoreWorld();
      await tell(flawless, aStory(flawless));
      const expected = await everything(flawless.log);
      for (let at = 1; ; at++) {
        const world = createCoreWorld();
        const story = aStory(world);
        const store = createFaultyEventLog(world.log, { at, fault, counts });
        const first = await tell(world, story, world.aServer(store));
        if (!store.hasFired()) {
          expect(at).toBeGreaterThan(10);
          break;
        }
        const restarted = world.aServer();
        await restarted.writer.repair();
        await expectRelayed(world.log);
        const again = await tell(world, story, restarted);
        expect(again.filter(isRefused)).toEqual([]);
        // What was answered is what it stays.
        first.forEach((answer, i) => isRefused(answer) || expect(again[i]).toEqual(answer));
        expect(await everything(world.log)).toEqual(expected);
      }
    },
  );
});

test('[RL-2] whoever sends an op again finishes its relays, without a restart', async () => {
  const world = createCoreWorld();
  let isDown = true;
  const append: EventLog['append'] = async (to, ...rest) => {
    if (isDown && to === selfLog(bob)) throw new Error('down');
    return world.log.append(to, ...rest);
  };
  const server = world.aServer({ ...world.log, append });
  const op = world.say({ log, type: 'group-created', payload: { title: 'Group', members: [bob] } });
  expect(await world.write(ann, [op], server)).toMatchObject([{ seq: 1 }]);
  expect(await world.log.registers(bob)).toEqual([]);
  isDown = false;
  await world.write(ann, [op], server);
  await expectRelayed(world.log);
});

test('[RL-1] two servers adding and removing the same person at once end in one story, told in order', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = createRandom(seed);
    const world = createCoreWorld({ random: random.next });
    const servers = [world.server, world.aServer()];
    await world.makeGroup(1, ann, [bob]);
    const changes = Array.from({ length: 30 }, () => {
      const user = random.pick([bob, cem, dan]);
      const op = random.chance(0.5)
        ? world.say({ log, type: 'member-removed', payload: { user } })
        : world.say({ log, type: 'members-added', payload: { members: [user] } });
      return world.write(ann, [op], random.pick(servers));
    });
    await Promise.all(changes);
    await expectRelayed(world.log);
    expect(world.bugs).toEqual([]);
  }
});

test('[RL-1] two people who add each other at once do not wait for each other', async () => {
  const world = createCoreWorld();
  const add = (by: UserId, user: UserId) =>
    world.write(by, [world.say({ log: selfLog(by), type: 'contact', payload: { user, on: true } })]);
  await Promise.all([add(ann, bob), add(bob, ann), add(ann, cem), add(cem, bob), add(bob, cem), add(cem, ann)]);
  expect((await world.log.register(ann, `contact:${bob}`))?.value).toEqual({ on: true, of: true });
});
