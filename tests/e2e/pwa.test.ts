import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile } from './kit/browser.ts';
import { addByNumber, bubble, composer, newPhone, openChat, say, signIn, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { copySite, type Site } from './kit/site.ts';
import { until } from './kit/until.ts';

let site: Site;
let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  site = copySite();
  server = await startServer({ site: site.folder });
  const profile = createProfile();
  anna = await signUp(server, 'Anna Kowalska', undefined, profile);
  jonas = await signUp(server, 'Jonas Lie');
  await controlled(anna.page);
});

afterAll(async () => {
  await anna?.profile.dispose();
  await jonas?.profile.dispose();
  await server?.dispose();
  site?.dispose();
});

const controlled = (page: Page) =>
  until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
const find = (page: Page) => page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
const cached = (page: Page) =>
  page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    return urls;
  });
const prompt = (page: Page) => page.getByText('A new version is ready');
/** Counts the documents a page has loaded, beginning now. */
function loads(page: Page): () => number {
  let count = 0;
  page.on('domcontentloaded', () => count++);
  return () => count;
}

test('the first visit is controlled, preload is off, and nothing of the server’s is ever in a cache', async () => {
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Hello');
  await openChat(jonas.page, anna.name);
  await bubble(jonas.page, 'Hello').waitFor();
  const urls = await cached(anna.page);
  expect(urls).toContain('/index.html');
  expect(urls.filter((url) => /^\/(api|socket\.io|health)/.test(url))).toEqual([]);
  const registration = await anna.page.evaluate(async () => {
    const found = await navigator.serviceWorker.getRegistration();
    return {
      scope: new URL(found!.scope).pathname,
      viaCache: found!.updateViaCache,
      preload: await found!.navigationPreload.getState(),
    };
  });
  expect(registration).toMatchObject({ scope: '/', viaCache: 'none', preload: { enabled: false } });
});

test('no text becomes a script, and nothing of the app needs one to', async () => {
  const refusedHere = (page: Page) =>
    page.evaluate(async () => {
      const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
      const policies = (globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } })
        .trustedTypes;
      const attempts: readonly (() => unknown)[] = [
        () => (document.createElement('div').innerHTML = '<b>bold</b>'),
        () => (document.createElement('script').src = '/first.js'),
        () => register('/other.js'),
        () => policies.createPolicy('another', {}),
        () => policies.createPolicy('chatter-worker', {}),
      ];
      const said: string[] = [];
      for (const attempt of attempts) {
        try {
          await attempt();
          said.push('allowed');
        } catch (error) {
          said.push((error as Error).name);
        }
      }
      return said;
    });
  const profile = createProfile();
  const lena = await signUp(server, 'Lena Novak', undefined, profile);
  await controlled(lena.page);
  await addByNumber(lena.page, server.url, jonas);
  await lena.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(lena.page, 'See https://chat.example/a and `code`');
  await bubble(lena.page, 'See https').waitFor();
  expect(lena.problems).toEqual([]);
  expect(await refusedHere(lena.page)).toEqual(Array(5).fill('TypeError'));
  await profile.dispose();
});

test('an update is offered, not taken: no reload, the text stays, and the old version goes on with all its files', async () => {
  await openChat(anna.page, jonas.name);
  await composer(anna.page).fill('Half a sentence');
  const count = loads(anna.page);
  site.publishNext();
  await find(anna.page);
  await prompt(anna.page).waitFor();
  expect(count()).toBe(0);
  expect(await composer(anna.page).inputValue()).toBe('Half a sentence');
  await anna.page.getByRole('button', { name: 'Later' }).click();
  await anna.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await anna.page.getByText('Sign out of this device').waitFor();
  expect(count()).toBe(0);
});

test('accepted in one tab, every tab reloads exactly once, and the old files are gone', async () => {
  const second = await anna.newPage();
  await second.goto(`${server.url}/people`);
  await second.getByRole('heading', { name: 'People', exact: true }).waitFor();
  const before = await cached(anna.page);
  site.publishNext();
  site.holdUp('sw.js');
  await find(anna.page);
  await prompt(anna.page).waitFor();
  const counts = [loads(anna.page), loads(second)];
  await anna.page.getByRole('button', { name: 'Update', exact: true }).click();
  await until(() => counts.every((count) => count() === 1), 'both tabs to reload');
  await anna.page
    .getByRole('heading', { name: 'Chats', exact: true })
    .or(anna.page.getByRole('heading', { name: 'Settings', exact: true }))
    .first()
    .waitFor();
  await second.getByRole('heading', { name: 'People', exact: true }).waitFor();
  const after = await until(async () => {
    const urls = await cached(anna.page);
    return urls.some((url) => before.includes(url) && /^\/assets\/.*\.js$/.test(url)) ? undefined : urls;
  }, 'the old files to go');
  expect(after.length).toBeGreaterThan(5);
  expect(counts.map((count) => count())).toEqual([1, 1]);
  await second.close();
});

test('a tab in which somebody writes keeps its page until they have finished', async () => {
  await openChat(anna.page, jonas.name);
  const second = await anna.newPage();
  await second.goto(`${server.url}/people`);
  await second.getByRole('heading', { name: 'People', exact: true }).waitFor();
  await anna.page.bringToFront();
  await composer(anna.page).fill('Still writing');
  site.publishNext();
  await find(anna.page);
  const count = loads(anna.page);
  await prompt(second).waitFor();
  await second.evaluate(() =>
    [...document.querySelectorAll('button')].find((button) => button.textContent === 'Update')?.click(),
  );
  await prompt(anna.page).waitFor();
  expect(await composer(anna.page).inputValue()).toBe('Still writing');
  expect(count()).toBe(0);
  await anna.page.keyboard.press('Enter');
  await until(() => count() === 1, 'the reload after the message was sent');
  await bubble(anna.page, 'Still writing').waitFor();
  await second.close();
});

test('without the server the check for updates is silent', async () => {
  const before = anna.problems.length;
  await server.kill();
  expect(
    await anna.page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistration())!.update().then(
        () => 'updated',
        () => 'failed',
      ),
    ),
  ).toBe('failed');
  await anna.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await server.start();
  expect(anna.problems.slice(before)).toEqual([]);
});

test('asks for lasting storage after sign-in and shows the answer', async () => {
  await anna.page.addInitScript(() => {
    const { persist } = StorageManager.prototype;
    StorageManager.prototype.persist = function ask() {
      document.documentElement.dataset['asked'] = 'true';
      return persist.call(this);
    };
  });
  await anna.page.goto(`${server.url}/settings`);
  await anna.page.getByText(/kept by the browser|may be cleared/).waitFor();
  expect(await anna.page.evaluate(() => document.documentElement.dataset['asked'])).toBe('true');
});

test('a restart of the browser keeps session, draft, outbox and place', async () => {
  await openChat(anna.page, jonas.name);
  for (let i = 1; i <= 40; i++) await say(anna.page, `Line ${String(i).padStart(2, '0')}`);
  await server.kill();
  await say(anna.page, 'Queued');
  const log = anna.page.locator('[role=log]');
  await log.evaluate((box) => box.scrollTo({ top: box.scrollHeight / 3 }));
  const firstShown = await until(() => firstOnScreen(anna.page), 'a first line');
  await composer(anna.page).fill('A draft');
  await until(() => draftOf(anna.page).then((text) => text === 'A draft'), 'the draft to be on disk');
  const address = anna.page.url();
  await anna.profile.close();
  anna = { ...anna, ...(await anna.profile.open()) };
  await anna.page.goto(address);
  await until(async () => (await composer(anna.page).inputValue()) === 'A draft', 'the draft');
  await bubble(anna.page, firstShown).waitFor();
  expect(await until(() => firstOnScreen(anna.page), 'a first line')).toBe(firstShown);
  await anna.page.goto(`${server.url}/outbox`);
  await anna.page.getByText('Queued').first().waitFor();
  await server.start();
  await anna.page.getByText('Everything is sent').waitFor({ timeout: 90_000 });
});

test('signing out without a network wipes this device, and the cookie that is left signs nobody in', async () => {
  await server.kill();
  await anna.page.goto(`${server.url}/settings`);
  await anna.page.getByText('Sign out of this device').click();
  await anna.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await anna.page.getByLabel('Phone number').waitFor();
  const kept = await anna.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(kept.filter((name) => name?.startsWith('chatter-'))).toEqual([]);
  await server.start();
  await anna.page.goto(`${server.url}/chats`);
  await anna.page.getByLabel('Phone number').waitFor();
  const status = () =>
    anna.page.evaluate(async () => (await fetch('/api/me', { headers: { 'X-Chatter-Client': 'app' } })).status);
  expect(await status()).toBe(401);
  await anna.context.clearCookies({ name: 'chatter-signed-out' });
  expect(await status()).toBe(401);
});

test('signing out with a network also takes the files, which come anew', async () => {
  await jonas.page.goto(`${server.url}/settings`);
  await jonas.page.getByText('Sign out of this device').click();
  await jonas.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await jonas.page.getByLabel('Phone number').waitFor();
  const kept = await jonas.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(kept.filter((name) => name?.startsWith('chatter-'))).toEqual([]);
});

test('a script that is gone is recovered from once, and then said, never in a loop', async () => {
  const profile = createProfile();
  const { page, context } = await profile.open();
  // As in a browser that has no workers: every file comes from the server.
  await context.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
  await page.goto(`${server.url}/`);
  await signIn(server, page, { name: 'Lena Novak', phone: newPhone() });
  await page.goto(`${server.url}/settings`);
  await page.getByText('About and help').first().waitFor();
  site.remove(/^about-/);
  const count = loads(page);
  await page.getByText('About and help').first().click();
  await page.getByText('This part stopped working').waitFor();
  expect(count()).toBe(1);
  await page.getByText('Sign out of this device').waitFor();
  await profile.dispose();
});

/** The first message that is on screen as a whole, once the rows over the top edge are drawn too. */
const firstOnScreen = (page: Page) =>
  page.evaluate(() => {
    const top = document.querySelector('[role=log]')?.getBoundingClientRect().top ?? 0;
    const rows = [...document.querySelectorAll('[role=log] .message')];
    if (!rows.some((row) => row.getBoundingClientRect().top < top)) return undefined;
    const shown = rows.find((row) => row.getBoundingClientRect().top >= top);
    return /Line \d\d/.exec(shown?.textContent ?? '')?.[0];
  });

const draftOf = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string | undefined>((resolve, reject) => {
        void indexedDB.databases().then((databases) => {
          const name = databases.find((database) => database.name?.startsWith('chatter-'))?.name;
          if (name === undefined) return resolve(undefined);
          const opening = indexedDB.open(name);
          opening.addEventListener('error', () => reject(new Error('IndexedDB')));
          opening.addEventListener('success', () => {
            const all = opening.result.transaction('drafts').objectStore('drafts').getAll();
            all.addEventListener('success', () => {
              opening.result.close();
              resolve((all.result as { text: string }[])[0]?.text);
            });
          });
        });
      }),
  );
