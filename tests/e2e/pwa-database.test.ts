import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bubble, composer, say } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

let rig: Rig;
/** Of the same address, without the app: it stands for a tab in which a later version has been loaded. */
let later: Page;

beforeAll(async () => {
  rig = await startRig('Later version');
  later = await rig.person.newPage();
  await later.goto(`${rig.server.url}/api/me`);
});
afterAll(() => rig?.dispose());

test('P33 a later version upgrades the database under an open tab at once, and the tab goes on with everything it held', async () => {
  const { page } = rig.person;
  await rig.hear('Heard before');
  await bubble(page, 'Heard before').waitFor();
  await rig.server.kill();
  await say(page, 'Said before, without a network');
  await composer(page).fill('Half a sentence');
  // A draft is kept a moment after the last key, and is in the list then.
  await page.getByRole('list', { name: 'Chats' }).getByText('Half a sentence').waitFor();
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));

  const upgraded = await later.evaluate(upgrade, `chatter-${rig.person.user}`);
  expect(upgraded.tookMs).toBeLessThan(5_000);
  await until(() => page.evaluate(() => !('isSamePage' in window)), 'the tab to begin anew');
  for (const text of ['Heard before', 'Said before, without a network']) await bubble(page, text).waitFor();
  expect(await composer(page).inputValue()).toBe('Half a sentence');
  await say(page, 'Said after');

  await rig.server.start();
  await until(async () => (await rig.arrived()).includes('Said after'), 'both to arrive');
  expect(await rig.arrived()).toEqual(['Heard before', 'Said before, without a network', 'Said after']);
  // What the later version made stays: this one only goes on in its database.
  expect(await later.evaluate(lookAt, `chatter-${rig.person.user}`)).toEqual({ version: upgraded.version, hasStore: true });
  expect(rig.person.problems).toEqual([]);
});

/** Runs in the later tab: ten versions on, with a table more. */
async function upgrade(name: string): Promise<{ readonly version: number; readonly tookMs: number }> {
  const { version = 0 } = (await indexedDB.databases()).find((one) => one.name === name) ?? {};
  const startedMs = performance.now();
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    setTimeout(() => reject(new Error('blocked for ten seconds')), 10_000);
    const request = indexedDB.open(name, version + 10);
    request.onupgradeneeded = () => request.result.createObjectStore('ofALaterVersion');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
  db.close();
  return { version: version + 10, tookMs: performance.now() - startedMs };
}

async function lookAt(name: string): Promise<{ readonly version: number; readonly hasStore: boolean }> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
  const seen = { version: db.version, hasStore: db.objectStoreNames.contains('ofALaterVersion') };
  db.close();
  return seen;
}
