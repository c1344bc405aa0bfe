import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChance } from '../rig/kit/load.ts';
import { counts, seed } from '../rig/kit/tier.ts';
import { halfWritten, readDisk } from './kit/disk.ts';
import { bubble, composer, say } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';

/** Every so many calls of the database one fails; torture fails each in turn. */
const stride = counts({ test: 25, torture: 1 });
const faults = ['closed', 'UnknownError', 'InvalidStateError'] as const;
type Fault = (typeof faults)[number];

const never = 1e9;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('Lost disk');
});
afterAll(() => rig?.dispose());

for (const fault of faults) {
  test(
    `[LS-1][LS-2] the database is lost at any call of a visit (${fault}): it is opened again, nothing is lost, and nothing said twice`,
    { timeout: 3_600_000 },
    async () => {
      const calls = await visit(fault, never);
      expect(calls).toBeGreaterThan(10);
      for (let n = 1 + createChance(seed)(stride); n <= calls; n += stride) await visit(fault, n);
      const arrived = await rig.arrived();
      expect(new Set(arrived).size).toBe(arrived.length);
    },
  );
}

test('[LS-1] a database that is lost for good: the person is told, and what they write stays in the field', async () => {
  const page = await openLosing('UnknownError', never);
  await page.evaluate(() => Object.assign(globalThis, { lostFrom: 0, lostUntil: Infinity }));
  await composer(page).fill('Never stored');
  // What another tab writes has this one read again, in vain: what it shows and what was typed into it stay.
  const other = await rig.person.newPage();
  await other.goto(rig.server.url + rig.path);
  await say(other, 'Written elsewhere');
  await page.waitForFunction((before) => (globalThis as unknown as { calls: number }).calls > before, await callsOf(page));
  await page.getByText('The storage of this device does not answer.').first().waitFor();
  await composer(page).press('Enter');
  await page.getByText('This could not be stored on this device').waitFor();
  expect(await composer(page).inputValue()).toBe('Never stored');
  await page.evaluate(() => Object.assign(globalThis, { lostUntil: 0 }));
  await bubble(page, 'Written elsewhere').waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => rig.arrived(), { timeout: 10_000 }).toContain('Never stored');
  await other.close();
});

/** Somebody opens the conversation anew, says two things and hears one. Resolves to how often the database was called. */
async function visit(fault: Fault, n: number): Promise<number> {
  const page = await openLosing(fault, n);
  const texts = [1, 2, 3].map((one) => `${fault} at ${n}, ${one}`);
  await say(page, texts[0]!);
  await rig.hear(texts[1]!);
  await bubble(page, texts[1]!).waitFor();
  await say(page, texts[2]!);
  await expect.poll(async () => (await rig.arrived()).filter((text) => texts.includes(text)).toSorted()).toEqual(texts);
  const calls = await callsOf(page);
  // A visit that took fewer calls than the first must not have the fault wait for this reading.
  await page.evaluate(() => Object.assign(globalThis, { lostUntil: 0 }));
  expect(halfWritten(await readDisk(page, rig.person.user))).toEqual([]);
  return calls;
}

/** The conversation in a new tab, in place of the one before, whose database is lost at call `from`. */
async function openLosing(fault: Fault, from: number): Promise<Page> {
  const { server, path, person } = rig;
  const page = await person.newPage();
  await person.page.close();
  rig.person = { ...person, page };
  await page.addInitScript(lose, { fault, from });
  await page.goto(server.url + path);
  await composer(page).waitFor();
  return page;
}

const callsOf = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as { calls: number }).calls);

/** Runs in the page before the app. Dexie keeps the function as it is when it opens, so the fault lies inside it. */
function lose({ fault, from }: { readonly fault: Fault; readonly from: number }): void {
  const world = globalThis as unknown as { calls: number; lostFrom: number; lostUntil: number };
  Object.assign(world, { calls: 0, lostFrom: from, lostUntil: from + 1 });
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    if (this.name.startsWith('chatter-')) {
      world.calls += 1;
      if (world.calls >= world.lostFrom && world.calls < world.lostUntil) {
        if (fault === 'closed') this.close();
        else throw new DOMException('Connection to Indexed Database server lost', fault);
      }
    }
    return transaction.apply(this, args);
  };
}
