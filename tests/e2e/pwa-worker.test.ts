import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, composer, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { listenInSilence } from './kit/silence.ts';
import { copySite, type Site } from './kit/site.ts';
import { until } from './kit/until.ts';

const env: Record<string, string> = {};
let site: Site;
let server: TestServer;
let anna: Person;
let jonas: Person;
let conversation = '';

beforeAll(async () => {
  site = copySite();
  server = await startServer({ env, site: site.folder });
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Kept here');
  conversation = new URL(anna.page.url()).pathname;
  await until(() => isControlled(anna.page), 'the worker to control the page');
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
  site?.dispose();
});

const isControlled = (page: Page) => page.evaluate(() => navigator.serviceWorker.controller !== null);
const cacheNames = (page: Page) => page.evaluate(() => caches.keys());
const port = () => Number(new URL(server.url).port);

const shellMsMax = 3_000;

test('P26 under a server that takes connections and never answers, every address opens at once with what is held', async () => {
  await server.kill();
  const silence = await listenInSilence(port());
  const page = await anna.newPage();
  for (const path of [conversation, '/chats', '/settings', '/people', '/nowhere']) {
    const startedMs = performance.now();
    await page.goto(`${server.url}${path}`, { waitUntil: 'commit' });
    await page.locator('#root h1, #root h2').first().waitFor();
    expect(performance.now() - startedMs, path).toBeLessThan(shellMsMax);
  }
  await page.goto(`${server.url}${conversation}`, { waitUntil: 'commit' });
  await bubble(page, 'Kept here').waitFor();
  await say(page, 'Written into the silence');
  await page
    .getByText(/No connection to the server|Offline\./)
    .first()
    .waitFor();
  expect(silence.taken()).toBeGreaterThan(0);
  await silence.end();
  await server.start();
  await page.locator('.message[data-state=sent]').filter({ hasText: 'Written into the silence' }).waitFor({ timeout: 90_000 });
  await page.close();
});

test('P21 P23 P35 the worker’s script and the document are asked for anew, the script is whole, and what is kept beforehand is small', async () => {
  expect(await (await fetch(`${server.url}/sw.js`)).text()).not.toContain('importScripts(');
  for (const path of ['/sw.js', '/index.html', '/'])
    expect((await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })).headers.get('cache-control')).toBe(
      'no-cache',
    );
  const bytes = await anna.page.evaluate(async () => {
    let sum = 0;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) sum += (await (await cache.match(request))!.blob()).size;
    }
    return sum;
  });
  expect(bytes).toBeGreaterThan(200_000);
  expect(bytes).toBeLessThan(1_500_000);
});

test('P31 a server started with RETIRE_WORKER takes the worker and its files from every page, loads each once, and loses nothing', async () => {
  const { page } = anna;
  await page.goto(`${server.url}${conversation}`);
  await composer(page).fill('A draft that stays');
  await until(() => isControlled(page), 'the page to be controlled');
  await server.kill();
  env['RETIRE_WORKER'] = 'true';
  site.holdUp('retired-sw.js');
  await server.start();
  expect(await (await fetch(`${server.url}/sw.js`)).text()).not.toContain('precache');
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
  await until(async () => loads > 0 && !(await isControlled(page)), 'the page to be loaded without a worker');
  await bubble(page, 'Kept here').waitFor();
  await until(async () => (await composer(page).inputValue()) === 'A draft that stays', 'the draft');
  await until(async () => (await cacheNames(page)).length === 0, 'the files to be gone');
  await page.goto(`${server.url}/settings/about`);
  await page.getByRole('heading', { name: 'About and help' }).waitFor();
  await until(
    () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length === 0),
    'no worker to be left',
  );
  expect(await isControlled(page)).toBe(false);
  // One for the retirement, one for the address above.
  expect(loads).toBe(2);
  await page.goto(`${server.url}${conversation}`);
  await composer(page).fill('');
  await say(page, 'Works without a worker');
  await page.locator('.message[data-state=sent]').filter({ hasText: 'Works without a worker' }).waitFor();

  await server.kill();
  env['RETIRE_WORKER'] = 'false';
  await server.start();
  await page.reload();
  await until(() => isControlled(page), 'a good worker to come back');
});
