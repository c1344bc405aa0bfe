import { expect, test } from 'vitest';
import { createApplyWorld } from '../kit/apply-world.ts';
import { schedules } from '../kit/schedules.ts';
import { failuresOf, seedsOf } from '../kit/seeds.ts';

/** Seeds that once failed. Never remove one. */
const past = [50_109, 1_268_772_978, 1_268_775_276];

const steps = 150;
/** What must have happened at least once in all stories together, or they prove less than they claim. */
const sometimes = [
  'change run',
  'change window',
  'change gone',
  'change self-snapshot',
  'change superseded',
  'change fill',
  'change fill: stale',
  'change fill: duplicate',
  'change run: gap',
  'change run: duplicate',
  'a fresh page',
  'a page older than the watermark',
  'leader changed',
  'live lost',
];

test('[SM-2] whatever arrives in whatever order, what is held is never a lie', async () => {
  const counts = new Map<string, number>();
  const failures = await failuresOf(seedsOf({ share: 0.5, past }), async (seed) => {
    const world = await createApplyWorld(seed);
    for (let step = 0; step < steps; step++) await world.step();
    await world.settle();
    for (const [what, count] of world.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  });
  expect(failures).toEqual([]);
  expect(sometimes.filter((what) => !counts.has(what))).toEqual([]);
});

test.each(Object.entries(schedules))('[SM-2] %s', async (_, schedule) => {
  await expect(createApplyWorld(1, {}, 3).then(schedule)).resolves.toBeUndefined();
});
