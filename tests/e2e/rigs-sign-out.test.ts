import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { counts } from '../rig/kit/tier.ts';
import { bubble, composer, newPhone, say, signIn } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const runs = counts({ test: 1, torture: 20 });
const timeout = 3_600_000;

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.dispose();
  rig = undefined;
});

type Story = { readonly isOnline: boolean; readonly secondTab: boolean };
const stories: readonly Story[] = [
  { isOnline: true, secondTab: false },
  { isOnline: true, secondTab: true },
  { isOnline: false, secondTab: true },
];

for (const story of stories) {
  const how = `${story.isOnline ? 'online' : 'offline'}${story.secondTab ? ' with a second tab open' : ''}`;
  test(
    `[AC-7] ${runs} times somebody signs out ${how}: no byte of theirs can be reached here, and whoever signs in next sees nothing of it`,
    { timeout },
    async () => {
      for (let run = 1; run <= runs; run++) {
        rig = await startRig('Canary group');
        await signOutOf(rig, story);
        expect(rig.person.problems.filter((problem) => problem.startsWith('uncaught'))).toEqual([]);
        await rig.dispose();
        rig = undefined;
      }
    },
  );
}

async function signOutOf(rig: Rig, { isOnline, secondTab }: Story): Promise<void> {
  const { server, person } = rig;
  const { page } = person;
  await rig.hear('Canary heard');
  await bubble(page, 'Canary heard').waitFor();
  await say(page, 'Canary said');
  const second = secondTab ? await person.newPage() : undefined;
  await second?.goto(server.url + rig.path);
  if (second) await bubble(second, 'Canary said').waitFor();
  if (!isOnline) {
    await server.kill();
    await say(page, 'Canary unsent');
  }
  await composer(page).fill('Canary draft');
  const canaries = ['Canary', person.name, rig.friend.name, person.phone.slice(1), person.user, rig.friend.user];
  // The scan itself finds what is there while it is there.
  await until(async () => (await reachable(page)).includes('Canary draft'), 'the draft to be kept');
  const before = await reachable(page);
  expect(canaries.filter((canary) => !before.includes(canary))).toEqual([]);

  await page.goto(`${server.url}/settings`);
  await page.getByRole('button', { name: 'Sign out of this device' }).click();
  await page.getByRole('button', { name: /^Sign out( and lose it)?$/ }).click();
  for (const tab of second ? [page, second] : [page]) {
    await tab.getByLabel('Phone number').waitFor();
    expect(canaries.filter((canary) => tab.url().includes(canary))).toEqual([]);
    await expectNothing(tab, canaries);
  }
  if (!isOnline) await server.start();

  // The session that signed out is over, whatever cookie is left.
  const status = await page.evaluate(async () => (await fetch('/api/me')).status);
  expect(status).toBe(401);
  const next = { name: 'Bea Moser', phone: newPhone() };
  await signIn(server, page, next);
  await page.getByText('Canary').waitFor({ state: 'detached' });
  await rig.hear('Canary after');
  for (const path of ['/chats', rig.path, '/people', '/outbox', '/settings']) {
    await page.goto(server.url + path);
    await page.locator('#root h1, #root h2').first().waitFor();
    const shown = await page.locator('body').innerText();
    expect(
      canaries.filter((canary) => shown.includes(canary)),
      path,
    ).toEqual([]);
  }
  await expectNothing(page, canaries);
}

async function expectNothing(page: Page, canaries: readonly string[]): Promise<void> {
  // Another tab learns of it a moment later.
  await until(
    async () => {
      const found = await reachable(page);
      return canaries.every((canary) => !found.includes(canary));
    },
    `nothing of ${canaries.join(', ')} to be reachable`,
    10_000,
  );
}

/** Everything that a script of this address can read on the device, as one text. */
function reachable(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const type = (await cache.match(request))?.headers.get('content-type') ?? '';
        found.push(name, request.url, type);
        if (!/font|image/.test(type)) found.push((await (await cache.match(request))?.text()) ?? '');
      }
    }
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(new Error(String(request.error))));
      });
    for (const { name, version } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name!, version));
      db.addEventListener('versionchange', () => db.close());
      found.push(name!);
      for (const store of db.objectStoreNames)
        found.push(JSON.stringify(await done(db.transaction(store).objectStore(store).getAll())));
      db.close();
    }
    return found.join('\n');
  });
}
