import type { CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { counts } from '../rig/kit/tier.ts';
import { halfWritten, readDisk } from './kit/disk.ts';
import { composer } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const megabyte = 1_000_000;
const sizes = counts({ test: [0.5, 5], torture: [0.5, 1, 2, 5] });
const runs = counts({ test: 1, torture: 20 });
/** So much of the quota is free when the writing begins. */
const roomBytes = 500_000;
const textBytes = 15_000;
/** Enough to fill the room, and some that find none. */
const tries = 60;

let rig: Rig;
let session: CDPSession;

beforeAll(async () => {
  rig = await startRig('Full house');
});
afterAll(() => rig?.dispose());

for (const size of sizes) {
  test(
    `[LS-1][OB-1] ${runs} times a quota of ${size} MB: a text is stored or still in the field and the person is told, and all goes on without a reload once there is room`,
    { timeout: 3_600_000 },
    async () => {
      for (let run = 1; run <= runs; run++) {
        await fillUp(`${size} MB, ${run}`, size * megabyte);
        expect(rig.person.problems.filter((problem) => problem.startsWith('uncaught'))).toEqual([]);
      }
    },
  );
}

async function fillUp(name: string, quotaBytes: number): Promise<void> {
  const before = await rig.arrived();
  await openWithQuota(quotaBytes);
  const { page, user } = rig.person;
  const stored: string[] = [];
  let left: string | undefined;
  for (let n = 1; n <= tries && left === undefined; n++) {
    const text = `${name}: ${n} ${'lorem '.repeat(textBytes / 6)}`.trim();
    if (await says(text)) stored.push(text);
    else left = text;
  }
  expect(left, 'a text that found no room').toBeDefined();
  // It stays in the field when it is tried again.
  expect(await says(left!)).toBe(false);
  const disk = await readDisk(page, user);
  expect(halfWritten(disk)).toEqual([]);
  expect(disk.messages.some(({ body }) => body?.text === left)).toBe(false);
  await rig.hear(`${name}: said meanwhile`);

  await setQuota(undefined);
  await giveRoom();
  expect(await composer(page).inputValue()).toBe(left);
  expect(await says(left!)).toBe(true);
  stored.push(left!);
  await until(async () => (await readDisk(page, user)).outbox.length === 0, 'the outbox to drain', 60_000);
  const heard = async () => (await readDisk(page, user)).messages.some(({ body }) => body?.text === `${name}: said meanwhile`);
  await until(heard, 'what was said meanwhile', 60_000);
  const arrived = (await rig.arrived()).slice(before.length);
  expect(arrived.filter((text) => text !== `${name}: said meanwhile`)).toEqual(stored);
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
}

/** Resolves to whether it was taken from the field; else the person was told why not. */
async function says(text: string): Promise<boolean> {
  const { page } = rig.person;
  const told = page.getByText('This could not be stored on this device');
  for (const toast of await told.all()) await toast.waitFor({ state: 'detached' });
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
  return until(async () => {
    if ((await composer(page).inputValue()) === '') return 'stored';
    return (await told.count()) > 0 && 'told';
  }, 'the text to be stored or the person to be told').then((outcome) => outcome === 'stored');
}

/** In a new browser: a running one believes for a while in the room that it saw last. */
async function openWithQuota(quotaBytes: number): Promise<void> {
  const { page } = rig.person;
  session = await rig.person.context.newCDPSession(page);
  await takeRoom(quotaBytes - roomBytes);
  await rig.person.profile.close();
  rig.person = { ...rig.person, ...(await rig.person.profile.open()) };
  session = await rig.person.context.newCDPSession(rig.person.page);
  await setQuota(quotaBytes);
  await rig.person.page.goto(rig.server.url + rig.path);
  await composer(rig.person.page).waitFor();
  await rig.person.page.evaluate(() => Object.assign(window, { isSamePage: true }));
}

/** Something else of this address lies on the disk, up to this size in all. */
async function takeRoom(bytes: number): Promise<void> {
  const { usage } = await session.send('Storage.getUsageAndQuota', { origin: rig.server.url });
  if (usage >= bytes) return;
  await rig.person.page.evaluate(async (size) => {
    const noise = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(noise.subarray(at, Math.min(size, at + 65_536)));
    const cache = await caches.open('ballast');
    await cache.put('/ballast', new Response(noise));
  }, bytes - usage);
}

const giveRoom = (): Promise<boolean> => rig.person.page.evaluate(() => caches.delete('ballast'));

async function setQuota(quotaSize: number | undefined): Promise<void> {
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: rig.server.url,
    ...(quotaSize !== undefined && { quotaSize }),
  });
}
