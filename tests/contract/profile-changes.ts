import { describe, expect, test } from 'vitest';
import { conversationLog, isRefused, selfLog, type UserId } from '#sync-protocol';
import { aLog, aUser } from '#sync-protocol/testing';
import type { EventLog } from '../../api/core/ports.ts';
import { createCoreWorld, directOf } from '../kit/core-world.ts';

const [ann, bob, cem, dan, eve, fay] = [1, 2, 3, 4, 5, 6].map(aUser) as [UserId, UserId, UserId, UserId, UserId, UserId];
const everybody = [ann, bob, cem, dan, eve, fay];

/** What every adapter answers about who changed how they appear, over a log written by the writer itself. */
export function describeProfileChanges(name: string, create: () => Promise<EventLog>): void {
  describe(`${name} profile changes`, () => {
    async function aWorld() {
      const log = await create();
      const world = createCoreWorld({ log });
      const rename = async (user: UserId, words: string) => {
        world.clock.advance(1_000);
        await world.write(user, [world.say({ log: selfLog(user), type: 'profile', payload: { name: words } })]);
        return (await log.read(selfLog(user), 0, 1_000)).at(-1)!.at;
      };
      const told = async (user: UserId, since = 0) => (await log.profilesChanged(user, since)).map((change) => change.user);
      return { ...world, rename, told };
    }

    test('[PR-2] told are those of one’s conversations, contacts either way, and oneself; nobody else', async () => {
      const world = await aWorld();
      await world.makeGroup(1, ann, [bob]);
      await world.write(ann, [{ ...world.message(conversationLog(directOf(ann, cem))), with: cem }]);
      await world.write(ann, [world.say({ log: selfLog(ann), type: 'contact', payload: { user: dan, on: true } })]);
      await world.makeGroup(2, eve, [fay]);
      for (const user of everybody) await world.rename(user, 'Other');
      expect(await world.told(ann)).toEqual([ann, bob, cem, dan]);
      expect(await world.told(dan)).toEqual([ann, dan]);
      expect(await world.told(eve)).toEqual([eve, fay]);
    });

    test('[PR-2] whoever left, was removed or is a contact no more is told of no more', async () => {
      const world = await aWorld();
      await world.makeGroup(1, ann, [bob, cem]);
      const contact = (on: boolean) => world.say({ log: selfLog(ann), type: 'contact', payload: { user: dan, on } });
      const answers = await world.write(ann, [
        world.say({ log: aLog(1), type: 'member-removed', payload: { user: bob } }),
        contact(true),
        contact(false),
      ]);
      expect(answers.filter(isRefused)).toEqual([]);
      for (const user of [bob, cem, dan]) await world.rename(user, 'Other');
      expect(await world.told(ann)).toEqual([cem]);
      expect(await world.told(bob)).toEqual([bob]);
      expect(await world.told(dan)).toEqual([dan]);
    });

    test('[PR-2] each once, with the time of the last change, from that time on', async () => {
      const world = await aWorld();
      await world.makeGroup(1, ann, [bob]);
      await world.rename(bob, 'Robert');
      const at = await world.rename(bob, 'Bert');
      expect(await world.log.profilesChanged(ann, 0)).toEqual([{ user: bob, at }]);
      expect(await world.told(ann, at)).toEqual([bob]);
      expect(await world.told(ann, at + 1)).toEqual([]);
    });

    test('[PR-2] it is the same when a crowd changed theirs', async () => {
      const world = await aWorld();
      await world.makeGroup(1, ann, [bob]);
      await world.write(cem, [world.say({ log: selfLog(cem), type: 'contact', payload: { user: ann, on: true } })]);
      for (let n = 1; n <= 150; n++) await world.rename(aUser(n), `Person ${n}`);
      expect(await world.told(ann)).toEqual([ann, bob, cem]);
    });

    test('[PR-4] each change is later than the one before, also while the clock stands or goes back', async () => {
      const world = await aWorld();
      const [one, other] = [1, 2].map((n) => world.say({ log: selfLog(ann), type: 'profile', payload: { name: `Ann ${n}` } }));
      await world.write(ann, [one!, other!]);
      world.clock.advance(-10_000);
      await world.write(ann, [world.say({ log: selfLog(ann), type: 'profile', payload: { name: 'Ann 3' } })]);
      const times = (await world.log.read(selfLog(ann), 0, 9)).map(({ at }) => at);
      expect(times).toEqual([times[0], times[0]! + 1, times[0]! + 2]);
      expect(await world.log.profilesChanged(ann, 0)).toEqual([{ user: ann, at: times[2] }]);
    });
  });
}
