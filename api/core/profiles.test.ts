import { expect, test } from 'vitest';
import { allowed, type HistoryPolicy, type Op, type UserId } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { createCoreWorld, type CoreWorld } from '../../tests/kit/core-world.ts';
import { createRandom } from '../../tests/kit/random.ts';
import type { EventLog } from './ports.ts';
import { createProfiles } from './profiles.ts';

const people = [1, 2, 3, 4].map(aUser);
const [ann, bob, cem] = people as [UserId, UserId, UserId];

/** Everybody has an account, nobody is a contact. */
const profilesOver = (log: EventLog) =>
  createProfiles({
    log,
    store: {
      account: async (user) => ({ user, name: 'Name', signedUpAt: 1 }),
      accounts: async (users) => users.map((user) => ({ user, name: 'Name', signedUpAt: 1 })),
      foundByNumber: async () => new Set(),
    },
  });

/** From everything there is of both, as the rule says it; or as it were if no policy showed more than one's own stays. */
async function haveMet({ log }: CoreWorld, reader: UserId, other: UserId, policy?: HistoryPolicy): Promise<boolean> {
  const theirs = new Map((await log.conversationsOf(other, 0)).map(({ membership }) => [membership.log, membership.spans]));
  return (await log.conversationsOf(reader, 0)).some(({ record: { log: id, head, state }, membership }) => {
    const seen = allowed(membership.spans, policy ?? state!.policy.history, head);
    return (theirs.get(id) ?? []).some(({ from, to }) => seen.some((part) => from <= part.to && (to ?? head) >= part.from));
  });
}

test('[AC-8][VS-2] a profile is seen by whoever may see a time at which its person was there, and by nobody else', async () => {
  const answers = { yes: 0, no: 0, onlyShared: 0 };
  for (let seed = 1; seed <= 40; seed++) {
    const random = createRandom(seed);
    const world = createCoreWorld({ random: random.next });
    const logs = [await world.makeGroup(1, ann, [bob]), await world.makeGroup(2, cem, [])];
    for (let step = 0; step < 12; step++) {
      const [other, log] = [random.pick(people), random.pick(logs)];
      // Mostly whoever made it, who may do anything.
      const user = random.below(4) === 0 ? random.pick(people) : log === logs[0] ? ann : cem;
      const say = (type: Op['type'], payload: unknown): Op => world.say({ log, type, payload } as never);
      const ops = [
        world.message(log),
        say('members-added', { members: [other] }),
        say('member-removed', { user: other }),
        say('member-left', {}),
        say('policy-changed', { history: random.below(4) === 0 ? 'joined' : 'shared' }),
      ];
      await world.write(user, [random.pick(ops)]);
    }
    for (const reader of people) {
      const seen = (await profilesOver(world.log).visibleTo(reader, people)).map(({ id }) => id);
      for (const other of people.filter((one) => one !== reader)) {
        const met = await haveMet(world, reader, other);
        expect(seen.includes(other), `seed ${seed}`).toBe(met);
        answers[met ? 'yes' : 'no']++;
        if (met && !(await haveMet(world, reader, other, 'joined'))) answers.onlyShared++;
      }
    }
  }
  expect(Math.min(...Object.values(answers))).toBeGreaterThan(0);
});
