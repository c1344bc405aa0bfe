import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingsIn, looks, wordsIn, type Locale } from './kit/axe.ts';
import { createProfile } from './kit/browser.ts';
import { addByNumber, bubble, newPhone, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
let conversation = '';
let person = '';
const pin = '48151623';
/** Right to left everything stands elsewhere, in the same colours: light and dark are measured there too. */
const languages = [
  { locale: 'en', asked: looks },
  { locale: 'pseudo-rtl', asked: looks.slice(0, 2) },
] as const;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Hello');
  conversation = new URL(anna.page.url()).pathname;
  await openChat(jonas.page, anna.name);
  await say(jonas.page, 'Hello yourself');
  await bubble(anna.page, 'Hello yourself').waitFor();
  await anna.page.goto(`${server.url}/people`);
  person = (await anna.page.locator('a[href^="/people/"]').filter({ hasText: jonas.name }).getAttribute('href'))!;
});

afterAll(async () => {
  await anna?.profile.dispose();
  await jonas?.profile.dispose();
  await server?.dispose();
});

type Screen = {
  readonly at: string;
  /** What stands on it once it is there, in English words. */
  readonly heading: string;
  /** What is opened on it first. */
  readonly opens?: (page: Page, locale: Locale) => Promise<void>;
};

const screens = (): readonly Screen[] => [
  { at: '/chats', heading: 'Everything is on this device' },
  { at: `${conversation}/details`, heading: 'Sync' },
  { at: conversation, heading: jonas.name, opens: openMessageMenu },
  { at: '/new', heading: 'New chat' },
  { at: '/new/group', heading: 'New group' },
  { at: '/new/group', heading: 'New group', opens: nameTheGroup },
  { at: '/people', heading: 'People' },
  { at: person, heading: 'Person' },
  { at: '/people/add', heading: 'Add by number' },
  { at: '/outbox', heading: 'Everything is sent' },
  { at: '/settings', heading: 'Profile' },
  { at: '/settings', heading: 'Profile', opens: askToSignOut },
  { at: '/settings/profile', heading: 'Profile' },
  { at: '/settings/number', heading: 'Change number' },
  { at: '/settings/pin', heading: 'PIN' },
  { at: '/settings/notifications', heading: 'Notifications' },
  { at: '/settings/storage', heading: 'Storage' },
  { at: '/settings/install', heading: 'Install' },
  { at: '/settings/devices', heading: 'Devices' },
  { at: '/settings/security', heading: 'Sign-in and security' },
  { at: '/link', heading: 'Link a device' },
  { at: '/settings/about', heading: 'About and help' },
  { at: '/debug', heading: 'What this device knows' },
  { at: '/nowhere', heading: 'There is nothing at this address' },
];

test.each(languages)('P61 P62 axe finds nothing on any address, in any colours ($locale)', async ({ locale, asked }) => {
  const { page } = anna;
  await page.goto(`${server.url}/chats?locale=${locale}`);
  await page.getByRole('heading', { name: wordsIn(locale, 'Chats'), exact: true }).waitFor();
  for (const { at, heading, opens } of screens()) {
    await goTo(page, at);
    const words = heading === jonas.name ? heading : wordsIn(locale, heading);
    await page.getByRole('heading', { name: words, exact: true }).filter({ visible: true }).first().waitFor();
    await opens?.(page, locale);
    expect(await findingsIn(page, asked), `${at} ${opens?.name ?? ''}`).toEqual([]);
    if (opens) await page.keyboard.press('Escape');
  }
  expect(await page.evaluate(() => document.documentElement.dir)).toBe(locale === 'en' ? 'ltr' : 'rtl');
});

async function openMessageMenu(page: Page): Promise<void> {
  const message = page.locator('[role=log] .message').last();
  await message.hover();
  await message.locator('button[aria-haspopup=menu]').click();
  await page.getByRole('menuitem').first().waitFor();
}

async function nameTheGroup(page: Page, locale: Locale): Promise<void> {
  await page.getByRole('checkbox').first().check({ force: true });
  await page.getByRole('button', { name: wordsIn(locale, 'Next'), exact: true }).click();
  await page.getByLabel(wordsIn(locale, 'Group name')).waitFor();
}

async function askToSignOut(page: Page, locale: Locale): Promise<void> {
  await page.getByText(wordsIn(locale, 'Sign out of this device'), { exact: true }).click();
  await page.getByRole('dialog').waitFor();
}

test.each(languages)(
  'P61 P62 axe finds nothing in any state of the gallery, in any colours ($locale)',
  async ({ locale, asked }) => {
    const { page } = jonas;
    await page.goto(`${server.url}/gallery.html?locale=${locale}`);
    await page.getByRole('heading', { name: 'Gallery' }).waitFor();
    expect(await page.locator('main section[id]').count()).toBeGreaterThan(5);
    // Two of a kind stand beside each other here.
    expect(await findingsIn(page, asked, ['landmark-unique'])).toEqual([]);
    await page.goto(`${server.url}/gallery.html?section=overlays&open&locale=${locale}`);
    await page.getByRole('dialog').waitFor();
    expect(await findingsIn(page, asked)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show toast' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    expect(await findingsIn(page, asked)).toEqual([]);
    await page.goto(`${server.url}/chats?locale=en`);
  },
);

test.each(languages)(
  'P61 P62 axe finds nothing in any step of the sign-in, in any colours ($locale)',
  async ({ locale, asked }) => {
    const profile = createProfile();
    const { page } = await profile.open();
    const words = (english: string) => wordsIn(locale, english);
    const button = (english: string) => page.getByRole('button', { name: words(english), exact: true });
    const clean = async (step: string) => expect(await findingsIn(page, asked), step).toEqual([]);
    const sendCode = async (phone: string) => {
      await page.getByLabel(words('Phone number')).fill(phone);
      const entering = page.getByRole('heading', { name: words('Enter the code') });
      // A number is sent one code in half a minute.
      const refused = page.locator('[aria-invalid=true]');
      await until(
        async () => {
          await button('Send code').click();
          await entering.or(refused).first().waitFor();
          return entering.isVisible();
        },
        'a code to be sent',
        60_000,
      );
    };
    await page.goto(`${server.url}/?locale=${locale}`);
    await page.getByLabel(words('Phone number')).waitFor();
    await button('Use another device').waitFor();
    await clean('number');
    await button('Use another device').click();
    await page.getByRole('img').filter({ visible: true }).first().waitFor();
    await clean('another device');
    await button('Sign in with your number').click();
    const phone = newPhone();
    await sendCode(phone);
    await clean('code');
    await page.getByLabel(words('Code'), { exact: true }).fill(await server.codeFor(phone));
    await page.getByLabel(words('Name'), { exact: true }).waitFor();
    await clean('name');

    const owner = locale === 'en' ? jonas : anna;
    await setPin(owner.page);
    await page.goto(`${server.url}/`);
    await sendCode(owner.phone);
    await page.getByLabel(words('Code'), { exact: true }).fill(await server.codeFor(owner.phone));
    await page.getByRole('heading', { name: words('Enter your PIN') }).waitFor();
    await clean('PIN');
    await profile.dispose();
  },
);

async function setPin(page: Page): Promise<void> {
  await page.goto(`${server.url}/settings/pin?locale=en`);
  const fields = page.getByRole('region', { name: 'PIN', exact: true });
  await fields.getByLabel('PIN', { exact: true }).fill(pin);
  await fields.getByLabel('The same once more').fill(pin);
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('A PIN is set.').waitFor();
}

test('P62 in forced colours lines and words say what colours say elsewhere', async () => {
  const { page } = anna;
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark', contrast: 'no-preference', reducedMotion: 'reduce' });
  await page.goto(`${server.url}/people?locale=en`);
  await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  await jonas.page.goto(`${server.url}${conversation}?locale=en`);
  await say(jonas.page, 'Unread');
  await goTo(page, '/chats');
  const row = page.getByRole('list', { name: 'Chats' }).getByRole('link').filter({ hasText: jonas.name });
  const unread = row
    .locator('span')
    .filter({ has: page.locator('> .sr-only'), hasText: '1 unread message' })
    .last();
  await unread.waitFor();
  expect(await unread.locator('[aria-hidden]').textContent()).toBe('1');
  expect(await outline(unread)).toMatchObject({ style: 'solid', width: 1 });

  const unselected = await outline(row);
  await row.click();
  await bubble(page, 'Unread').waitFor();
  await page.mouse.move(0, 0);
  expect(unselected.style).toBe('none');
  expect(await outline(row)).toMatchObject({ style: 'solid', width: 2 });

  const [own, other] = [await edges(bubble(page, 'Hello').first()), await edges(bubble(page, 'Unread'))];
  expect(other).toEqual({ top: 1, bottom: 1, start: 1, end: 1 });
  expect(own).toEqual({ top: 1, bottom: 1, start: 1, end: 4 });

  await goTo(page, '/settings/notifications');
  const settings = page.getByRole('region', { name: 'Settings' });
  const chosen = settings.locator('label', { has: page.getByRole('radio', { checked: true }) });
  const others = settings.locator('label', { has: page.getByRole('radio', { checked: false }) }).first();
  expect((await outline(chosen)).style).toBe('solid');
  expect((await outline(others)).style).toBe('none');
  await settings.getByText('Sign out of this device').click();
  expect(await edges(page.getByRole('dialog'))).toMatchObject({ top: 1, bottom: 1 });
  await page.keyboard.press('Escape');
  await page.goto(`${server.url}/gallery.html?section=choices`);
  const [on, off] = [page.getByRole('switch', { checked: true }).first(), page.getByRole('switch', { checked: false }).first()];
  expect(await edges(on)).toMatchObject({ top: 1, bottom: 1 });
  expect(await fill(on)).not.toBe(await fill(off));
  await page.goto(`${server.url}/gallery.html?section=overlays`);
  await page.getByRole('button', { name: 'Show toast' }).click();
  const toast = page.locator('.popover-toasts [role=status] > *');
  await toast.waitFor();
  expect((await outline(toast)).style).toBe('solid');
});

test('P62 in forced colours the focus can be told on whatever it is', async () => {
  const { page } = anna;
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto(`${server.url}${conversation}?locale=en`);
  const selected = page.getByRole('list', { name: 'Chats' }).getByRole('link').filter({ hasText: jonas.name });
  const menu = page.locator('[role=log] .message').last().getByRole('button', { name: 'Message actions' });
  const filled = page.getByRole('button', { name: 'Send', exact: true });
  await filled.waitFor();
  for (const target of [selected, menu, filled, page.getByRole('link', { name: 'People' }).first()]) {
    const before = await outline(target);
    await focusByKeyboard(page, target);
    const after = await outline(target);
    expect(after.style).not.toBe('none');
    expect(after.width).toBeGreaterThanOrEqual(2);
    expect(after).not.toEqual(before);
  }
  await menu.focus();
  await page.keyboard.press('Enter');
  const [first, second] = [page.getByRole('menuitem').first(), page.getByRole('menuitem').nth(1)];
  await until(() => first.evaluate((node) => node === document.activeElement), 'the first of the menu to have the focus');
  expect((await outline(first)).style).toBe('solid');
  expect((await outline(second)).style).toBe('none');
  await page.keyboard.press('Escape');
  await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light', contrast: 'no-preference' });
});

test('nothing went wrong in either browser', () => {
  expect([...anna.problems, ...jonas.problems]).toEqual([]);
});

/** To another view of the page that is open, as its links do it. */
const goTo = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);

/** Tab gives it the outline that a mouse does not: the last step there is one of the keyboard. */
async function focusByKeyboard(page: Page, target: Locator): Promise<void> {
  await target.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await until(() => target.evaluate((node) => node === document.activeElement), 'the focus to be there');
}

const outline = (target: Locator) =>
  target.evaluate((node) => {
    const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(node);
    return { style: outlineStyle, width: Number.parseFloat(outlineWidth), color: outlineColor, offset: outlineOffset };
  });

const edges = (target: Locator) =>
  target.evaluate((node) => {
    const style = getComputedStyle(node);
    const width = (side: 'block-start' | 'block-end' | 'inline-start' | 'inline-end') =>
      style.getPropertyValue(`border-${side}-style`) === 'none'
        ? 0
        : Number.parseFloat(style.getPropertyValue(`border-${side}-width`));
    return { top: width('block-start'), bottom: width('block-end'), start: width('inline-start'), end: width('inline-end') };
  });

const fill = (target: Locator) => target.evaluate((node) => getComputedStyle(node).backgroundColor);
