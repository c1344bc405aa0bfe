import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Device, type Profile } from './kit/browser.ts';
import { bubble, newPhone, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let jonas: Person;
let profile: Profile;
let device: Device;
let page: Page;

// Nothing below touches a mouse: where it is not the person’s keyboard, it is another device or an address.
beforeAll(async () => {
  server = await startServer();
  jonas = await signUp(server, 'Jonas Lie');
  profile = createProfile();
  device = await profile.open();
  page = device.page;
});

afterAll(async () => {
  for (const one of [profile, jonas?.profile]) await one?.dispose();
  await server?.dispose();
});

test('P63 the keyboard alone goes from sign-up to a sent message and a new group', async () => {
  const phone = newPhone();
  await page.goto(`${server.url}/`);
  await page.getByLabel('Phone number').waitFor();
  await type(phone);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
  await type(await server.codeFor(phone));
  await page.getByLabel('Name', { exact: true }).waitFor();
  await type('Lena Novak');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();

  await press('Add a contact');
  await page.getByRole('heading', { name: 'Add by number' }).waitFor();
  await type(jonas.phone);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Message', exact: true }).waitFor();
  await press('Message');
  await page.getByRole('textbox', { name: /^Message / }).waitFor();
  await type('Typed without a mouse');
  await page.keyboard.press('Enter');
  await bubble(page, 'Typed without a mouse').waitFor();

  await press('New chat');
  await press('New group');
  await until(() => page.getByRole('checkbox', { name: 'Jonas Lie' }).isVisible(), 'the picker');
  await tabTo((name) => name.includes('Jonas Lie'));
  await page.keyboard.press('Space');
  await press('Next');
  await page.getByLabel('Group name').waitFor();
  await type('Keyboard crew');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Keyboard crew' }).first().waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/c\//);
});

test('P63 the first step skips to the conversation, and a chat opens from the list with the field ready', async () => {
  await page.goto(`${server.url}/chats`);
  await page.getByRole('list', { name: 'Chats' }).getByText('Keyboard crew').waitFor();
  await page.keyboard.press('Tab');
  expect(await focused()).toMatchObject({ name: 'Skip to the conversation', isSeen: true });
  await page.keyboard.press('Enter');
  await until(async () => (await focused()).id === 'conversation', 'the focus to be in the conversation');

  await page.goto(`${server.url}/chats`);
  await page.getByRole('list', { name: 'Chats' }).getByText('Jonas Lie').waitFor();
  await press((name) => name.includes('Jonas Lie') && name.includes('Typed without a mouse'));
  await page.getByRole('textbox', { name: 'Message Jonas Lie' }).waitFor();
  await type('And another');
  await page.keyboard.press('Enter');
  await bubble(page, 'And another').waitFor();
});

test('P63 the menu of a message opens, is walked through and closes, and the focus comes back', async () => {
  // A link to a message is there once the server has it.
  await bubble(page, 'And another').getByText('Sent', { exact: true }).waitFor();
  await tabTo((name) => name === 'Message actions', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await inFocus('Copy text');
  expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Copy text', 'Copy link', 'Edit', 'Delete']);
  await page.keyboard.press('ArrowDown');
  await inFocus('Copy link');
  await page.keyboard.press('End');
  await inFocus('Delete');
  await page.keyboard.press('ArrowDown');
  await inFocus('Copy text');
  await page.keyboard.press('Escape');
  await inFocus('Message actions');
  expect(await page.getByRole('menuitem').count()).toBe(0);

  await page.keyboard.press('Enter');
  await inFocus('Copy text');
  await page.keyboard.press('Enter');
  await page
    .getByRole('status')
    .filter({ hasText: /Copied|did not allow/ })
    .waitFor();
  await inFocus('Message actions');

  await page.keyboard.press('Space');
  await inFocus('Copy text');
  await page.keyboard.press('Tab');
  expect(await page.getByRole('menuitem').count()).toBe(0);
  await tabTo((name) => name === 'Message actions', 'Shift+Tab');
  await choose('Edit');
  await inFocus('Message text');
  await page.keyboard.press('Escape');
  await inFocus('Message Jonas Lie');
});

test('P63 a dialog keeps the focus and gives it back', async () => {
  await tabTo((name) => name === 'Message actions', 'Shift+Tab');
  await choose('Delete');
  await staysInDialog();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await inFocus('Message actions');
  await choose('Delete');
  await page.getByRole('dialog').waitFor();
  await press('Delete');
  await bubble(page, 'You deleted this message').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  await inFocus('Message Jonas Lie');
});

test('P63 after a message was deleted the focus is on the menu of the next', async () => {
  await type('The next');
  await page.keyboard.press('Enter');
  await bubble(page, 'The next').waitFor();
  for (const text of ['The next', 'Typed without a mouse']) {
    await tabTo((name) => name === 'Message actions', 'Shift+Tab');
    expect(await messageInFocus()).toContain(text);
  }
  await choose('Delete');
  await page.getByRole('dialog').waitFor();
  await press('Delete');
  await until(async () => (await bubble(page, 'You deleted this message').count()) === 2, 'the second to be gone');
  await inFocus('Message actions');
  expect(await messageInFocus()).toContain('The next');
});

const messageInFocus = () => page.evaluate(() => document.activeElement?.closest('.message')?.textContent ?? '');

test('P63 every row of the settings opens by the keyboard', async () => {
  for (const row of ['Notifications', 'Devices', 'Sign-in and security', 'PIN', 'Storage', 'Install', 'About and help']) {
    await page.goto(`${server.url}/settings`);
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    await press((name) => name.startsWith(row));
    await page.getByRole('region', { name: row, exact: true }).waitFor();
  }
  await tabTo((name) => name === 'System', 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await until(async () => (await theme()) === 'light', 'the light colours');
  await page.keyboard.press('ArrowLeft');
  await until(async () => (await theme()) === undefined, 'the colours of the system');
  await press((name) => name.startsWith('What this device knows'));
  const cutOff = page.getByRole('switch', { name: 'Act as if there were no network' });
  await cutOff.waitFor();
  await tabTo((name) => name === 'Act as if there were no network');
  await page.keyboard.press('Space');
  expect(await cutOff.isChecked()).toBe(true);
  await page.keyboard.press('Space');
  expect(await cutOff.isChecked()).toBe(false);
});

const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);

test('P63 a dialog asked for again at the very moment it closes is open', async () => {
  await page.goto(`${server.url}/settings`);
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
  await press('Sign out of this device');
  await page.getByRole('dialog').waitFor();
  // One task: the browser tells that a dialog is closed in a task after the one that closed it.
  await page.evaluate(() => {
    const dialog = document.querySelector('dialog[open]') as HTMLDialogElement & { requestClose(): void };
    dialog.requestClose();
    [...document.querySelectorAll('button')].find((row) => row.textContent === 'Sign out of this device')?.click();
  });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  expect(await page.getByRole('dialog').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await inFocus('Sign out of this device');
});

test('P63 signing out asks first, and ends where one signs in again', async () => {
  await page.goto(`${server.url}/settings`);
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
  await press('Sign out of this device');
  await staysInDialog();
  await page.keyboard.press('Escape');
  await inFocus('Sign out of this device');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await press('Sign out');
  await page.getByLabel('Phone number').waitFor();
  await type('+4179');
  expect(await page.getByLabel('Phone number').inputValue()).not.toBe('');
});

test('nothing went wrong in the browser', () => {
  expect(device.problems).toEqual([]);
});

/** Types where the focus is: a screen that opens puts it where typing begins. */
async function type(text: string): Promise<void> {
  await until(() => page.evaluate(() => /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '')), 'a field in focus');
  await page.keyboard.type(text);
}

const tabsMax = 80;

async function press(wanted: string | ((name: string) => boolean)): Promise<void> {
  await tabTo(typeof wanted === 'string' ? (name) => name === wanted : wanted);
  await page.keyboard.press('Enter');
}

async function tabTo(isIt: (name: string) => boolean, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < tabsMax; i++) {
    await page.keyboard.press(key);
    const { name } = await focused();
    if (isIt(name)) return;
    seen.push(name);
  }
  throw new Error(`The keyboard did not reach it; it passed ${seen.join(', ')}`);
}

/** Opens the menu whose button has the focus, and takes the item of this name. */
async function choose(item: string): Promise<void> {
  await page.keyboard.press('Enter');
  await inFocus('Copy text');
  for (let i = 0; i < tabsMax && (await focused()).name !== item; i++) await page.keyboard.press('ArrowDown');
  await inFocus(item);
  await page.keyboard.press('Enter');
}

const inFocus = (name: string) => until(async () => (await focused()).name === name, `“${name}” to have the focus`);

const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement ? element.closest('label') : undefined;
    const box = element?.getBoundingClientRect();
    return {
      id: element?.id ?? '',
      name: element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? '',
      isInDialog: element?.closest('dialog') !== null,
      isSeen: box !== undefined && box.width > 10 && box.height > 10,
    };
  });

/** Round and round, both ways: what lies behind it is never reached; between the last and the first there may be the browser’s own. */
async function staysInDialog(): Promise<void> {
  await page.getByRole('dialog').waitFor();
  await until(async () => (await focused()).isInDialog, 'the focus to be in the dialog');
  const passed = new Set<string>();
  for (const key of ['Tab', 'Shift+Tab'] as const) {
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press(key);
      const { isInDialog, name } = await focused();
      const isNowhere = await page.evaluate(() => document.activeElement === document.body);
      expect(isInDialog || isNowhere, name).toBe(true);
      if (isInDialog) passed.add(name);
    }
  }
  expect(passed.size).toBe(await page.getByRole('dialog').getByRole('button').count());
}
