import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Hello');
  await openChat(jonas.page, anna.name);
  await bubble(jonas.page, 'Hello').waitFor();
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

const rail = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).first();
const theSwitch = (page: Page) => page.getByRole('switch', { name: 'Act as if there were no network' });
const offlineBanner = (page: Page) => page.getByRole('status').filter({ hasText: 'Offline.' });
/** As a person gets there, without loading the page. */
async function toDebug(page: Page): Promise<void> {
  await rail(page, 'Settings').click();
  await page.getByText('About and help').first().click();
  await page.getByText('What this device knows').first().click();
  await theSwitch(page).waitFor();
}

test('the switch makes this device act as if there were no network, over navigation, and back', async () => {
  const { page } = anna;
  const sockets: { isClosed(): boolean }[] = [];
  page.on('websocket', (socket) => sockets.push(socket));
  await page.reload();
  await until(() => sockets.length === 1, 'the socket to open');
  await toDebug(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await theSwitch(page).check();
  await offlineBanner(page).first().waitFor();
  await until(() => sockets.every((socket) => socket.isClosed()), 'the socket to be closed');
  await page.getByText('isCutOff: true').waitFor();

  await rail(page, 'Chats').click();
  await openChat(page, jonas.name);
  await say(page, 'Written without a network');
  await say(jonas.page, 'Sent meanwhile');
  await offlineBanner(page).filter({ hasText: '1 message will be sent' }).first().waitFor();
  await rail(page, 'Settings').click();
  await page.getByText('Devices', { exact: true }).first().click();
  await page.getByText('Not known right now').waitFor();
  expect(asked.filter((url) => /\/(api|socket\.io)\//.test(url))).toEqual([]);
  expect(sockets).toHaveLength(1);

  await toDebug(page);
  expect(await theSwitch(page).isChecked()).toBe(true);
  await theSwitch(page).uncheck();
  await offlineBanner(page).first().waitFor({ state: 'detached' });
  await bubble(jonas.page, 'Written without a network').waitFor();
  await openChat(page, jonas.name);
  await bubble(page, 'Sent meanwhile').waitFor();
  expect(anna.problems).toEqual([]);
});

test('a reload ends it, and the switch says so', async () => {
  const { page } = anna;
  await toDebug(page);
  await theSwitch(page).check();
  await offlineBanner(page).first().waitFor();
  await page.reload();
  await page.getByText('"at":"live"').waitFor();
  expect(await theSwitch(page).isChecked()).toBe(false);
  expect(await offlineBanner(page).count()).toBe(0);
});

test('every row of the settings does something, or says something that is so', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/settings`);
  const list = page.getByRole('region', { name: 'Settings' });
  await list.getByText(/kept by the browser|may be cleared/).waitFor();
  const rows = await list.getByRole('listitem').evaluateAll((nodes) =>
    nodes.map((node) => ({
      says: node.textContent ?? '',
      does: node.querySelector('a[href], button, input') !== null,
    })),
  );
  expect(rows.filter(({ does }) => !does).map(({ says }) => says.replace(/\d.*/, ''))).toEqual([]);
  expect(rows.map(({ says }) => says).join(' ')).not.toContain('Language');

  await list.getByText('Dark', { exact: true }).click();
  await until(() => page.evaluate(() => document.documentElement.dataset['theme'] === 'dark'), 'the dark colours');
  await list.getByText('System', { exact: true }).click();
  await until(() => page.evaluate(() => document.documentElement.dataset['theme'] === undefined), 'the colours of the system');
  for (const [row, heading] of [
    [anna.name, 'Profile'],
    ['Devices', 'Devices'],
    ['About and help', 'About and help'],
  ] as const) {
    await list.getByText(row, { exact: true }).click();
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
  }
  await list.getByText('Sign out of this device').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${server.url}/settings?locale=pseudo-rtl`);
  await until(() => page.evaluate(() => document.documentElement.dir === 'rtl'), 'the mirrored words');
  await page.goto(`${server.url}/settings?locale=en`);
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
  expect(anna.problems).toEqual([]);
});
