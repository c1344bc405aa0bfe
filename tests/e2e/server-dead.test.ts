import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, bubbles, composer, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
/** Known to Anna by number, and never written to before the server dies. */
let lena: Person;
let conversation = '';

const history = Array.from({ length: 60 }, (_, i) => `Log entry ${String(i + 1).padStart(3, '0')}`);

beforeAll(async () => {
  server = await startServer();
  [anna, jonas, lena] = await Promise.all([
    signUp(server, 'Anna Kowalska'),
    signUp(server, 'Jonas Lie'),
    signUp(server, 'Lena Novak'),
  ]);
  await addByNumber(anna.page, server.url, lena);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).waitFor();
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, history[0]!);
  conversation = new URL(anna.page.url()).pathname;
  await openChat(jonas.page, anna.name);
  for (const text of history.slice(1)) await say(anna.page, text);
  await bubble(jonas.page, history.at(-1)!).waitFor();
  await until(() => anna.page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
  // Chromium writes cookies down every half minute, and when it is closed: whoever has used it for a while has theirs on disk.
  await anna.profile.close();
  anna = { ...anna, ...(await anna.profile.open()) };
  await anna.page.goto(`${server.url}/chats`);
  await anna.page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
});

afterAll(async () => {
  for (const person of [anna, jonas, lena]) await person?.profile.dispose();
  await server?.dispose();
});

test('with the server dead and the browser new, every address shows the app and everything that is held', async () => {
  await anna.profile.kill();
  await server.kill();
  anna = { ...anna, ...(await anna.profile.open()) };
  await anna.page.goto(`${server.url}/`);
  await anna.page.getByRole('list', { name: 'Chats' }).getByText('Jonas Lie').waitFor();

  const routes = [
    '/chats',
    conversation,
    `${conversation}/details`,
    '/new',
    '/new/group',
    '/new/group/name',
    '/people',
    '/people/add',
    '/outbox',
    '/settings',
    '/settings/profile',
    '/settings/devices',
    '/settings/about',
    '/debug',
    '/login',
    '/nowhere/at/all',
  ];
  for (const route of routes) {
    await anna.page.goto(`${server.url}${route}`);
    await anna.page.locator('#root h1, #root h2').first().waitFor();
    expect(await anna.page.title(), route).toContain('Chatter');
  }
  await anna.page.goto(`${server.url}${conversation}`);
  await bubble(anna.page, history.at(-1)!).waitFor();
  await scrollToStart(anna);
  await bubble(anna.page, history[0]!).waitFor();
  expect(anna.problems).toEqual([]);
});

test('what is written and made with the server dead survives a kill and arrives once, in order, without a click', async () => {
  await anna.page.goto(`${server.url}${conversation}`);
  for (const text of ['Offline one', 'Offline two', 'Offline three']) await say(anna.page, text);
  await makeGroup(anna, 'Night shift', ['Jonas Lie']);
  for (const text of ['Group one', 'Group two']) await say(anna.page, text);
  const group = new URL(anna.page.url()).pathname;
  await anna.page.goto(`${server.url}/people`);
  await anna.page.getByRole('link', { name: /Lena Novak/ }).click();
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'We have never spoken');
  await anna.profile.kill();

  await server.start();
  anna = { ...anna, ...(await anna.profile.open()) };
  await anna.page.goto(`${server.url}/`);
  await openChat(jonas.page, anna.name);
  // Whoever was cut off for long looks again within a minute.
  await bubble(jonas.page, 'Offline three').waitFor({ timeout: 90_000 });
  expect((await bubbles(jonas.page)).slice(-3)).toEqual(['Offline one', 'Offline two', 'Offline three']);
  await openChat(jonas.page, 'Night shift');
  await bubble(jonas.page, 'Group two').waitFor();
  expect(await bubbles(jonas.page)).toEqual(['Group one', 'Group two']);
  await lena.page.getByRole('list', { name: 'Chats' }).getByText(anna.name).waitFor({ timeout: 90_000 });
  await openChat(lena.page, anna.name);
  await bubble(lena.page, 'We have never spoken').waitFor({ timeout: 90_000 });
  expect(await bubbles(lena.page)).toEqual(['We have never spoken']);

  await anna.page.goto(`${server.url}${group}`);
  await until(async () => (await anna.page.locator('.message[data-state=sent]').count()) === 2, 'both ticks');
  await anna.page.goto(`${server.url}/outbox`);
  await anna.page.getByText('Everything is sent').waitFor();
  expect([...anna.problems, ...jonas.problems, ...lena.problems]).toEqual([]);
});

test('the banner says what is wrong while it is, and goes when it is over', async () => {
  await anna.page.goto(`${server.url}${conversation}`);
  await composer(anna.page).waitFor();
  await server.kill();
  await anna.page.getByText(/No connection to the server|Offline\./).waitFor();
  await server.start();
  await anna.page.getByText(/No connection to the server|Offline\./).waitFor({ state: 'detached', timeout: 90_000 });
  expect(await composer(anna.page).isEnabled()).toBe(true);
});

async function makeGroup({ page }: Person, title: string, people: readonly string[]): Promise<void> {
  await page.goto(`${server.url}/new/group`);
  for (const name of people) await page.getByRole('checkbox', { name }).check({ force: true });
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Group name').fill(title);
  await page.getByRole('button', { name: 'Create' }).click();
  await composer(page).waitFor();
}

async function scrollToStart({ page }: Person): Promise<void> {
  await until(async () => {
    const log = page.locator('[role=log]');
    await log.evaluate((box) => box.scrollTo({ top: 0 }));
    const [box, first] = await Promise.all([
      log.boundingBox(),
      bubble(page, history[0]!)
        .boundingBox({ timeout: 200 })
        .catch(() => null),
    ]);
    return box !== null && first !== null && first.y >= box.y;
  }, 'the oldest message');
}
