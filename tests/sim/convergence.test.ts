import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { openDexieBackend } from '../../app/store/dexie-backend.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import { failuresOf, seedsOf } from '../kit/seeds.ts';
import { createWorld, type World } from '../kit/world.ts';

/** Seeds that once failed. Never remove one. */
const past = {
  peace: [
    136, 218, 460, 1_701, 1_985, 42_661, 79_298_448, 79_303_702, 79_314_493, 79_317_878, 169_554_185, 219_885_792, 219_888_827,
    840_650_769,
  ],
  restored: [7, 19, 115, 129, 272, 36_915, 41_067, 169_553_970, 3_473_354_308],
};

const steps = 40;
/** Every so many worlds keep their rows in the browser's database. */
const dexieEvery = 20;
let databases = 0;

const createBackend = (seed: number) =>
  seed % dexieEvery === 0
    ? openDexieBackend(`sim-${databases++}`, { onClosed: () => {} })
    : Promise.resolve(createMemoryBackend());

/** One story: people and mishaps, then peace. */
async function live(seed: number): Promise<World> {
  const isDexie = seed % dexieEvery === 0;
  const world = await createWorld(seed, { createBackend: () => createBackend(seed) });
  for (let step = 0; step < (isDexie ? steps / 2 : steps); step++) await world.step();
  await world.settle();
  await world.checkRest();
  for (const { backend } of world.devices) backend.close();
  return world;
}

/** Every way in which something may go wrong. One that never did was not tested. */
const sometimes = [
  'request lost',
  'response lost',
  'acknowledgement lost',
  'push lost',
  'pushes may come twice',
  'bus lost news',
  'half-open link',
  'link down',
  'long absence',
  'device crash',
  'device crashed in a transaction',
  'second tab',
  'lead stolen',
  'tab closed',
  'server crashed',
  'server crashed in a write',
  'store failed',
  'change window',
  'change gone',
  'change fill',
  'change retry',
  'change superseded',
  'change run: gap',
  'change run: duplicate',
  'all heads',
  'more',
  'ops taken back or sent again',
];

test('[SM-1] every device comes to the same whole, whatever happened on the way', async () => {
  const counts = new Map<string, number>();
  const seeds = seedsOf({ share: 1, past: past.peace });
  const failures = await failuresOf(seeds, async (seed) => {
    for (const [what, count] of (await live(seed)).counts) counts.set(what, (counts.get(what) ?? 0) + count);
  });
  expect(failures).toEqual([]);
  if (seeds.length >= 300) expect(sometimes.filter((what) => !counts.has(what))).toEqual([]);
});

test('[SM-3] a store that went back in time is noticed, announced or not, and loses nothing a device still has', async () => {
  const counts = new Map<string, number>();
  const failures = await failuresOf(seedsOf({ share: 0.1, past: past.restored }), async (seed) => {
    const world = await createWorld(seed);
    for (let step = 0; step < 25; step++) await world.step();
    await world.restore(seed % 2 === 0);
    for (let step = 0; step < 15; step++) await world.step();
    // Whose name was lost says it again some time into this, and others hear of it within a minute of that.
    await world.settle(150_000);
    await world.checkRest();
    for (const [what, count] of world.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  });
  expect(failures).toEqual([]);
  expect(counts.has('part reset')).toBe(true);
});

test('[SM-4] one seed tells one story', async () => {
  const times = process.env['TIER'] === 'test' ? 100 : 5;
  for (const seed of [7, 20]) {
    const traces = new Set<string>();
    for (let i = 0; i < (seed === 20 ? Math.ceil(times / 20) : times); i++) traces.add((await live(seed)).time.trace());
    expect(traces.size, `seed ${seed}`).toBe(1);
  }
});
