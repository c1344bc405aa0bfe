import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Device } from './kit/browser.ts';
import { addByNumber, bubble, newPhone, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
let conversation = '';
const looks = [
  { name: 'light', scheme: 'light', locale: 'en' },
  { name: 'dark', scheme: 'dark', locale: 'en' },
  { name: 'right to left', scheme: 'light', locale: 'pseudo-rtl' },
] as const;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Hello');
  await bubble(anna.page, 'Hello').waitFor();
  conversation = new URL(anna.page.url()).pathname;
});

afterAll(async () => {
  await anna?.profile.dispose();
  await jonas?.profile.dispose();
  await server?.dispose();
});

test.each(looks)('axe finds nothing serious on any address ($name)', async ({ scheme, locale }) => {
  const { page } = anna;
  await page.emulateMedia({ colorScheme: scheme });
  const routes = [
    '/chats',
    conversation,
    `${conversation}/details`,
    '/new',
    '/new/group',
    '/people',
    '/people/add',
    '/outbox',
    '/settings',
    '/settings/profile',
    '/settings/devices',
    '/settings/security',
    '/link',
    '/settings/about',
    '/debug',
    '/nowhere',
  ];
  for (const route of routes) {
    await page.goto(`${server.url}${route}?locale=${locale}`);
    await page.locator('#root h1, #root h2').first().waitFor();
    await quiet(page);
    expect(await findings(page), route).toEqual([]);
  }
  await page.goto(`${server.url}/chats?locale=en`);
});

test.each(looks)('axe finds nothing serious on any shelf of the gallery ($name)', async ({ scheme, locale }) => {
  const { page } = jonas;
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(`${server.url}/gallery.html?locale=${locale}`);
  await page.getByRole('heading', { name: 'Gallery' }).waitFor();
  const sections = await page.locator('main section[id]').evaluateAll((nodes) => nodes.map(({ id }) => id));
  expect(sections.length).toBeGreaterThan(5);
  for (const section of sections) {
    await page.goto(`${server.url}/gallery.html?section=${section}&locale=${locale}`);
    await page.locator('main section[id]').waitFor();
    await quiet(page);
    expect(await findings(page), section).toEqual([]);
  }
  await page.goto(`${server.url}/chats?locale=en`);
});

test('axe finds nothing serious in the sign-in', async () => {
  const profile = createProfile();
  const { page } = await profile.open();
  await page.goto(`${server.url}/`);
  await page.getByLabel('Phone number').waitFor();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Use another device' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sign in with your number' }).click();
  await page.getByLabel('Phone number').fill(newPhone());
  await page.getByRole('button', { name: 'Send code' }).click();
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
  await page.getByText('prints the code in the terminal').waitFor();
  expect(await findings(page)).toEqual([]);
  await profile.dispose();
});

test('the keyboard alone goes from sign-up to a sent message and a new group', async () => {
  const profile = createProfile();
  const device = await profile.open();
  const { page } = device;
  const phone = newPhone();
  await page.goto(`${server.url}/`);
  await page.getByLabel('Phone number').waitFor();
  await type(device, phone);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
  await type(device, await server.codeFor(phone));
  await page.getByLabel('Name', { exact: true }).waitFor();
  await type(device, 'Lena Novak');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();

  await press(page, 'Add a contact');
  await page.getByRole('heading', { name: 'Add by number' }).waitFor();
  await type(device, jonas.phone);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Message', exact: true }).waitFor();
  await press(page, 'Message');
  await page.getByRole('textbox', { name: /^Message / }).waitFor();
  await type(device, 'Typed without a mouse');
  await page.keyboard.press('Enter');
  await bubble(page, 'Typed without a mouse').waitFor();

  await press(page, 'New chat');
  await press(page, 'New group');
  await until(() => page.getByRole('checkbox', { name: 'Jonas Lie' }).isVisible(), 'the picker');
  await tabTo(page, (name) => name.includes('Jonas Lie'));
  await page.keyboard.press('Space');
  await press(page, 'Next');
  await page.getByLabel('Group name').waitFor();
  await type(device, 'Keyboard crew');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Keyboard crew' }).first().waitFor();
  expect(device.problems).toEqual([]);
  await profile.dispose();
});

async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Colours are measured when nothing moves. */
const quiet = (page: Page) =>
  until(
    () => page.evaluate(() => document.getAnimations().every(({ playState }) => playState !== 'running')),
    'movement to end',
    5_000,
  ).catch(() => undefined);

/** Types where the focus is: a screen that opens puts it where typing begins. */
async function type({ page }: Device, text: string): Promise<void> {
  await until(() => page.evaluate(() => /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '')), 'a field in focus');
  await page.keyboard.type(text);
}

const tabsMax = 80;

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, (found) => found === name);
  await page.keyboard.press('Enter');
}

async function tabTo(page: Page, isIt: (name: string) => boolean): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < tabsMax; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused instanceof HTMLInputElement && focused.type === 'checkbox') return focused.closest('label')?.textContent ?? '';
      return focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
    });
    if (isIt(name)) return;
    seen.push(name);
  }
  throw new Error(`The keyboard did not reach it; it passed ${seen.join(', ')}`);
}
