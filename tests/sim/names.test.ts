import { expect, test } from 'vitest';
import { failuresOf, seedsOf } from '../kit/seeds.ts';
import { createWorld, type Mistake } from '../kit/world.ts';

/** Seeds that once failed. Never remove one. */
const past: readonly number[] = [];

async function live(seed: number, mistake: Mistake = {}) {
  const world = await createWorld(seed, { profile: 'names', mistake });
  for (let step = 0; step < 40; step++) await world.step();
  await world.settle();
  await world.checkRest();
  return world;
}

test('[PR-1][PR-2][PR-3][PR-4] whoever has to do with somebody ends up with their last name, whatever was lost on the way', async () => {
  const failures = await failuresOf(seedsOf({ share: 0.3, past }), async (seed) => {
    await live(seed);
  });
  expect(failures).toEqual([]);
});

/** What a device would be that only listened. */
const deaf: Mistake = {
  wrapTransport: (transport) => ({
    ...transport,
    sync: async (request) => {
      const answer = await transport.sync(request);
      if (answer.kind !== 'ok') return answer;
      const { peopleChanged: _, ...response } = answer.response;
      return { ...answer, response };
    },
  }),
};

test('[PR-2] planted and noticed: a sync does not tell who changed theirs', async () => {
  let isNoticed = false;
  for (let seed = 1; seed <= 20 && !isNoticed; seed++) {
    isNoticed = await live(seed, deaf).then(
      () => false,
      (error: unknown) => error instanceof Error && error.message.includes('PR-2'),
    );
  }
  expect(isNoticed).toBe(true);
});
