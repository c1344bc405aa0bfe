import { afterAll, beforeAll, expect, test } from 'vitest';
import { report } from '../rig/kit/figures.ts';
import { wait } from '../rig/kit/load.ts';
import { counts } from '../rig/kit/tier.ts';
import { bubble, bubbles, composer, say } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';

const rounds = counts({ test: 1, torture: 10 });
const asleepMs = counts({ test: 3_000, torture: 120_000 });
const reconnectedWithinMs = 5_000;
const caughtUpWithinMs = 10_000;
/** Three are heard while it sleeps, one is written after it. */
const perRound = 4;
const timeout = 3_600_000;

let rig: Rig;
const said: string[] = [];

beforeAll(async () => {
  rig = await startRig('Night');
});
afterAll(() => rig?.dispose());

type Sleep = { readonly how: string; readonly fall: () => Promise<void>; readonly wake: () => Promise<void> };

const sleeps: readonly Sleep[] = [
  {
    how: 'the whole browser is stopped',
    fall: async () => rig.person.profile.sleep(),
    wake: async () => rig.person.profile.wake(),
  },
  {
    how: 'the whole browser is stopped and the server restarts meanwhile',
    fall: async () => {
      rig.person.profile.sleep();
      await rig.server.kill();
      await rig.server.start();
    },
    wake: async () => rig.person.profile.wake(),
  },
  { how: 'the page is frozen', fall: () => setLifecycle('frozen'), wake: () => setLifecycle('active') },
];

for (const { how, fall, wake } of sleeps) {
  test(
    `[LK-1][LV-1][SM-1] ${rounds} times ${how} for ${asleepMs / 1_000} s: it is connected within 5 s of waking and has caught up within 10 s`,
    { timeout },
    async () => {
      const connectedMs: number[] = [];
      const caughtUpMs: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        await fall();
        const slept = wait(asleepMs);
        for (const n of [1, 2, 3]) await hear(`${how}, ${round}.${n}`);
        await slept;
        await wake();
        const sinceMs = performance.now();
        await bubble(rig.person.page, said.at(-1)!).waitFor({ timeout: caughtUpWithinMs });
        caughtUpMs.push(performance.now() - sinceMs);
        // What is said over the socket alone gets through, both ways.
        const text = `${how}, ${round}, awake`;
        await composer(rig.person.page).waitFor();
        await say(rig.person.page, text);
        said.push(text);
        await expect.poll(() => rig.arrived(), { timeout: reconnectedWithinMs }).toEqual(said);
        connectedMs.push(performance.now() - sinceMs);
        expect(connectedMs.at(-1)).toBeLessThan(reconnectedWithinMs + caughtUpWithinMs);
        await expect.poll(() => newestShown()).toEqual({ shown: true, rest: [] });
      }
      report(`${how}: caught up after waking`, caughtUpMs);
      report(`${how}: what is written after waking has arrived`, connectedMs);
    },
  );
}

test('nothing went wrong in the browser', () => {
  expect(rig.person.problems.filter((problem) => problem.startsWith('uncaught'))).toEqual([]);
});

/** What is on the screen is the end of what was said, and nothing else: of a long log only the newest rows are there. */
async function newestShown(): Promise<{ readonly shown: boolean; readonly rest: readonly string[] }> {
  const shown = await bubbles(rig.person.page);
  const newest = said.slice(-shown.length);
  return { shown: shown.length >= Math.min(said.length, perRound), rest: shown.filter((text, i) => text !== newest[i]) };
}

async function hear(text: string): Promise<void> {
  await rig.hear(text);
  said.push(text);
}

async function setLifecycle(state: 'frozen' | 'active'): Promise<void> {
  const session = await rig.person.context.newCDPSession(rig.person.page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}
