/**
 * Ten things people do on their first day, on a phone and on a desktop, through what is on the screen and nothing else.
 * docs/walk tells what was awkward about them. Each ends with what the person wanted to see.
 */
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProfile, type Profile } from './kit/browser.ts';
import { bubble, bubbles, newPhone, openChat, say, signIn, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

const windows = [
  { name: 'phone', width: 390, height: 844, isMobile: true },
  { name: 'desktop', width: 1280, height: 800, isMobile: false },
] as const;

let server: TestServer;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  jonas = await signUp(server, 'Jonas Lie');
});
afterAll(async () => {
  await jonas?.profile.dispose();
  await server?.dispose();
});

describe.each(windows)('on a $name', (size) => {
  let profile: Profile;
  let page: Page;
  let problems: readonly string[];
  const phone = newPhone();
  const name = `Anna of the ${size.name}`;

  beforeAll(async () => {
    profile = createProfile();
    ({ page, problems } = await profile.open());
    await fit(await page.context().newCDPSession(page), size);
    await page.goto(`${server.url}/`);
  });
  afterAll(() => profile?.dispose());

  test('1. sign up with a number that is typed with its country code', async () => {
    const field = page.getByLabel('Phone number');
    await field.fill(phone);
    await field.blur();
    await until(async () => !(await field.inputValue()).startsWith('+'), 'the number as people there write it');
    await signIn(server, page, { name, phone });
    await page.getByText('No chats yet').waitFor();
    expect(path(page)).toBe('/chats');
  });

  test('2. be led to adding somebody from where there is nobody, and be told what is missing', async () => {
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('link', { name: 'New group' }).click();
    await page.getByText('Nobody to pick').waitFor();
    await page.getByRole('button', { name: 'Add by number' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Type their phone number.').waitFor();
    await page.getByLabel('Phone number').fill(jonas.phone);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: jonas.name }).waitFor();
    expect(path(page)).toMatch(/^\/people\/./);
  });

  test('3. say hello, and be answered', async () => {
    await page.getByRole('button', { name: 'Message', exact: true }).click();
    await say(page, `Hello from the ${size.name}`);
    await openChat(jonas.page, name);
    await bubble(jonas.page, `Hello from the ${size.name}`).waitFor();
    await say(jonas.page, 'Hello Anna');
    await bubble(page, 'Hello Anna').waitFor();
    expect(await bubbles(page)).toEqual([`Hello from the ${size.name}`, 'Hello Anna']);
    // Whoever has answered has seen what was new.
    await until(async () => (await jonas.page.getByText(/\d new message/).count()) === 0, 'nothing to be called new');
  });

  test('4. read and write while there is no server', async () => {
    await server.kill();
    await page.reload();
    await bubble(page, 'Hello Anna').waitFor();
    await say(page, 'Written on the train');
    await page.getByText('Waiting for the network').waitFor();
    expect(await until(() => linesOfCountdown(page), 'a countdown')).toBe(1);
    await server.start();
    await bubble(jonas.page, 'Written on the train').waitFor({ timeout: 60_000 });
  });

  test('5. mend a message that was sent too soon', async () => {
    await actOn(page, 'Written on the train', 'Edit');
    await page.getByLabel('Message text').fill('Written on the boat');
    await page.keyboard.press('Enter');
    await bubble(jonas.page, 'Written on the boat').waitFor();
    expect(await bubbles(jonas.page)).toEqual([`Hello from the ${size.name}`, 'Hello Anna', 'Written on the boat']);
  });

  test('6. look for somebody to make a group with, and talk in it', async () => {
    await page.goto(`${server.url}/new`);
    await search(page, 'Ingrid');
    await page.getByText('Nobody called that').waitFor();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await page.getByRole('link', { name: 'New group' }).click();
    await search(page, 'Ingrid');
    await page.getByText('Nobody called that').waitFor();
    await search(page, 'jonas');
    await page.getByRole('checkbox', { name: jonas.name }).check();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Group name').fill(`Boat ${size.name}`);
    await page.getByRole('button', { name: 'Create' }).click();
    await say(page, 'Who brings the rope?');
    await openChat(jonas.page, `Boat ${size.name}`);
    await bubble(jonas.page, 'Who brings the rope?').waitFor();
    expect(await bubbles(jonas.page)).toEqual(['Who brings the rope?']);
  });

  test('7. find a chat by a part of its name', async () => {
    await page.goto(`${server.url}/chats`);
    await page.getByRole('button', { name: 'Find a chat' }).click();
    await page.getByRole('textbox', { name: 'Find a chat' }).fill('boat');
    const rows = page.getByRole('list', { name: 'Chats' }).getByRole('link');
    await until(async () => (await rows.count()) === 1, 'one chat');
    await rows.first().click();
    await bubble(page, 'Who brings the rope?').waitFor();
    expect(await bubbles(page)).toEqual(['Who brings the rope?']);
  });

  test('8. take another name, and be called so by somebody who comes back', async () => {
    const renamed = `Anna on a ${size.name}`;
    await jonas.page.goto('about:blank');
    await page.goto(`${server.url}/settings`);
    await page.getByRole('link', { name }).click();
    await page.getByLabel('Name', { exact: true }).fill(renamed);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.goto(`${server.url}/chats`);
    await openChat(page, jonas.name);
    await say(page, 'It is me');
    await page.locator('.message[data-state=sent]').filter({ hasText: 'It is me' }).waitFor();
    await jonas.page.goto(`${server.url}/chats`);
    await openChat(jonas.page, renamed);
    expect((await bubbles(jonas.page)).at(-1)).toBe('It is me');
    expect(await jonas.page.getByText(name, { exact: true }).count()).toBe(0);
  });

  test('9. have it dark', async () => {
    await page.goto(`${server.url}/settings`);
    const brightness = () => page.evaluate(brightnessOfPage);
    await page.getByRole('radio', { name: 'Light' }).check();
    await expect.poll(brightness).toBeGreaterThan(0.8);
    await page.getByRole('radio', { name: 'Dark' }).check();
    await expect.poll(brightness).toBeLessThan(0.3);
    await page.getByRole('radio', { name: 'System' }).check();
  });

  test('10. leave, and take everything from this device', async () => {
    await page.getByRole('button', { name: 'Sign out of this device' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Phone number').waitFor();
    const kept = await page.evaluate(async () => (await indexedDB.databases()).map(({ name: database }) => database));
    expect(kept.filter((database) => database?.startsWith('chatter-'))).toEqual([]);
    expect(problems).toEqual([]);
  });
});

const path = (page: Page) => new URL(page.url()).pathname;

async function fit(session: CDPSession, { width, height, isMobile }: (typeof windows)[number]): Promise<void> {
  await session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: isMobile });
  if (isMobile) await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
}

/** The ring around what is being typed in is drawn outside of it: nothing may cut it off. */
async function search(page: Page, words: string): Promise<void> {
  const field = page.getByRole('search', { name: 'Search people' });
  await field.getByRole('textbox').fill(words);
  const roomAbove = await field.evaluate((node) => {
    let room = Infinity;
    for (let around = node.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflowY === 'visible') continue;
      room = Math.min(room, node.getBoundingClientRect().top - around.getBoundingClientRect().top);
    }
    return room;
  });
  expect(roomAbove).toBeGreaterThanOrEqual(2);
}

/** How many lines "Next try in 3 s" stands on; nothing while that is not said. */
function linesOfCountdown(page: Page): Promise<number | undefined> {
  return page.evaluate(() => {
    const said = [...document.querySelectorAll('[role=status] span')].find((node) =>
      /^Next try in \d+ s$/.test(node.textContent ?? ''),
    );
    if (!said) return undefined;
    const range = document.createRange();
    range.selectNodeContents(said);
    const tops = [...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top));
    return tops.length === 0 ? undefined : new Set(tops).size;
  });
}

/** Through the menu of a message, as with a finger: a tap shows its button. */
async function actOn(page: Page, text: string, action: string): Promise<void> {
  const row = page.locator('[role=log] .message').filter({ hasText: text });
  await row.click();
  await row.getByRole('button', { name: 'Message actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Runs in the page: from 0, black, to 1, white, of what it is painted on. */
function brightnessOfPage(): number {
  const context = document.createElement('canvas').getContext('2d');
  const shell = document.querySelector('#root > *');
  if (!context || !shell) throw new Error('there is nothing to look at');
  context.fillStyle = getComputedStyle(shell).backgroundColor;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return (red + green + blue) / 3 / 255;
}
