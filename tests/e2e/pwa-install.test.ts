import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Device } from './kit/browser.ts';
import { newPhone, signIn } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let device: Device;
const profile = createProfile();

beforeAll(async () => {
  server = await startServer();
  device = await profile.open();
  await device.page.goto(`${server.url}/`);
  await signIn(server, device.page, { name: 'Anna Kowalska', phone: newPhone() });
});

afterAll(async () => {
  await profile.dispose();
  await server?.dispose();
});

const hint = (page: Page) => page.getByText('Chatter can be an app of its own on this device.');
const row = (page: Page) => page.getByRole('region', { name: 'Settings' }).getByRole('link', { name: 'Install' });

/** A visit is a tab of its own. */
async function visit(path: string, before: (page: Page) => Promise<unknown> = async () => undefined): Promise<Page> {
  const page = await device.newPage();
  await before(page);
  await page.goto(`${server.url}${path}`);
  await page.locator('#root h1').first().waitFor();
  return page;
}
/** The browser's own question cannot be answered by a script: it is counted, and the event is as real as any. */
const offering = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(globalThis, { prompts: 0 });
    // The real one comes when it likes.
    addEventListener('beforeinstallprompt', (event) => event.isTrusted && event.stopImmediatePropagation(), true);
    addEventListener('DOMContentLoaded', () => {
      const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
        prompt: async () => void (globalThis as unknown as { prompts: number }).prompts++,
      });
      setTimeout(() => dispatchEvent(offer));
    });
  });
const prompts = (page: Page) => page.evaluate(() => (globalThis as unknown as { prompts: number }).prompts);

test('P20 the hint comes with the third visit, asks only when pressed, and a no is for good', async () => {
  const second = await visit('/chats', offering);
  await until(() => second.evaluate(() => localStorage.getItem('chatter.visits') === '2'), 'the second visit to be counted');
  await second.reload();
  await second.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  expect(await second.evaluate(() => localStorage.getItem('chatter.visits'))).toBe('2');
  expect(await hint(second).count()).toBe(0);
  const third = await visit('/chats', offering);
  await hint(third).waitFor();
  expect(await prompts(third)).toBe(0);
  await third.getByRole('button', { name: 'Not now' }).click();
  expect(await hint(third).count()).toBe(0);
  const fourth = await visit('/settings/install', offering);
  await fourth.getByText('Install Chatter', { exact: true }).waitFor();
  expect(await hint(fourth).count()).toBe(0);
  for (const page of [second, third]) await page.close();

  await fourth.getByRole('button', { name: 'Install', exact: true }).click();
  await until(async () => (await prompts(fourth)) === 1, 'the browser to ask');
  await fourth.evaluate(() => dispatchEvent(new Event('appinstalled')));
  await fourth.getByText('Chatter is installed on this device').waitFor();
  expect(await row(fourth).count()).toBe(0);
  await fourth.close();
});

test('P20 whoever runs the installed app sees neither row nor hint', async () => {
  const page = await visit('/settings', async (fresh) => {
    await offering(fresh);
    await fresh.addInitScript(() => {
      localStorage.removeItem('chatter.no-install');
      const { matchMedia } = globalThis;
      globalThis.matchMedia = (query) =>
        query.includes('display-mode') ? Object.defineProperty(matchMedia(query), 'matches', { value: true }) : matchMedia(query);
    });
  });
  await page.getByText('About and help').first().waitFor();
  expect(await row(page).count()).toBe(0);
  await page.goto(`${server.url}/chats`);
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  expect(await hint(page).count()).toBe(0);
  await page.close();
});

test('P43 Safari on a phone is told where its own way is, and why', async () => {
  const page = await visit('/settings/install', (fresh) =>
    fresh.addInitScript(() => {
      Object.defineProperty(navigator, 'standalone', { value: false });
      addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation(), true);
    }),
  );
  await page.getByText('Choose “Add to Home Screen”').waitFor();
  await page.getByText(/after seven days of use without a visit/).waitFor();
  expect(await page.getByRole('region', { name: 'Install' }).getByRole('button', { name: 'Install' }).count()).toBe(0);
  await page.close();
});

test('P20 a browser that offers nothing is not talked over', async () => {
  const page = await visit('/settings/install', (fresh) =>
    fresh.addInitScript(() => addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation(), true)),
  );
  await page.getByText('This browser has not offered to install Chatter').waitFor();
  expect(await page.getByRole('button', { name: 'Install', exact: true }).count()).toBe(0);
  await page.close();
});
