import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { report } from '../rig/kit/figures.ts';
import { counts } from '../rig/kit/tier.ts';
import { composer } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';

const runs = counts({ test: 1, torture: 20 });
/** The figure is that of a machine with nothing else to do. */
const withinMs = counts({ test: 6_000, torture: 3_000 });

let rig: Rig;
/** An old tab: a page of the same address without the app in it. */
let old: Page;

beforeAll(async () => {
  rig = await startRig('Old tab');
  old = await rig.person.newPage();
  await old.goto(`${rig.server.url}/api/me`);
  await rig.person.page.close();
});
afterEach(letGo);
afterAll(() => rig?.dispose());

type Holding = {
  /** What the old tab does with the database and does not let go of. */
  readonly how:
    | 'an older version is held open'
    | 'a newer version is held open'
    | 'an upgrade waits before it'
    | 'a deletion waits before it';
  readonly database: () => string;
  /** Whether this device has anything to show then. */
  readonly shows: 'everything' | 'something';
};

const ofPerson = () => `chatter-${rig.person.user}`;
const ofDevice = () => 'chatter';

const holdings: readonly Holding[] = [
  { how: 'a newer version is held open', database: ofPerson, shows: 'everything' },
  { how: 'an upgrade waits before it', database: ofPerson, shows: 'something' },
  { how: 'a deletion waits before it', database: ofPerson, shows: 'something' },
  { how: 'an upgrade waits before it', database: ofDevice, shows: 'something' },
  { how: 'an older version is held open', database: ofPerson, shows: 'something' },
];

for (const { how, database, shows } of holdings) {
  const whose = database === ofDevice ? 'the database that says who is signed in' : 'the database of the person';
  test(
    `${whose}: ${how} by an old tab that never lets go, ${runs} times, and a new tab can be used within ${withinMs / 1_000} s`,
    { timeout: 3_600_000 },
    async () => {
      const tookMs: number[] = [];
      for (let run = 0; run < runs; run++) {
        await hold(how, database());
        const page = await rig.person.newPage();
        const sinceMs = performance.now();
        await page.goto(`${rig.server.url}${rig.path}`, { waitUntil: 'commit' });
        await page.locator('#root h1, #root h2').first().waitFor({ timeout: withinMs });
        tookMs.push(performance.now() - sinceMs);
        if (shows === 'everything') expect(await page.getByText('keeps nothing for Chatter').count()).toBe(0);
        // Whatever it keeps, what is written in it arrives.
        const text = `${how}, ${whose}, ${run}`;
        await composer(page).fill(text);
        await page.keyboard.press('Enter');
        await expect.poll(() => rig.arrived()).toContain(text);
        await letGo();
      }
      report(`${how}, first heading`, tookMs);
    },
  );
}

/** In a page without the app, so that nothing answers `versionchange`. */
async function hold(how: Holding['how'], name: string): Promise<void> {
  await old.evaluate(
    async ({ how, name }) => {
      const opened = (version?: number) =>
        new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(name, version);
          request.addEventListener('success', () => resolve(request.result));
          request.addEventListener('error', () => reject(new Error(String(request.error))));
        });
      const held = window as unknown as { held?: IDBDatabase };
      if (how === 'an older version is held open') {
        await new Promise((resolve) => indexedDB.deleteDatabase(name).addEventListener('success', resolve));
        held.held = await opened(1);
        return;
      }
      held.held = await opened();
      const { version } = held.held;
      if (how === 'a newer version is held open') {
        held.held.close();
        held.held = await opened(version + 10);
        return;
      }
      const waiting = how === 'a deletion waits before it' ? indexedDB.deleteDatabase(name) : indexedDB.open(name, version + 10);
      await new Promise((resolve) => waiting.addEventListener('blocked', resolve));
    },
    { how, name },
  );
}

/** As when the old tab is closed at last; another takes its place. */
async function letGo(): Promise<void> {
  for (const page of rig.person.context.pages().filter((one) => one !== old)) await page.close();
  const held = old;
  old = await rig.person.newPage();
  await old.goto(`${rig.server.url}/api/me`);
  await held.close();
}
