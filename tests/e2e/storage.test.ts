import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile } from './kit/browser.ts';
import { addByNumber, bubble, newPhone, openChat, say, signIn, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  const lena = await signUp(server, 'Lena Novak');
  await lena.profile.dispose();
  await addByNumber(anna.page, server.url, lena);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Short');
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  for (let i = 0; i < 5; i++) await say(anna.page, `Long ${String(i)} ${'word '.repeat(400)}`);
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

const rows = (page: Page) => page.getByRole('region', { name: 'Storage' }).getByRole('listitem');

test('P38 the page says what is used, what is allowed, and each chat’s part of it, largest first', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/settings/storage`);
  await rows(page).filter({ hasText: 'Jonas Lie' }).waitFor();
  expect(await rows(page).filter({ hasText: 'Used on this device' }).textContent()).toMatch(
    /up to \d.+, with the app itself\d+(\.\d+)? \w+$/,
  );
  const chats = (await rows(page).allTextContents()).filter((text) => text.includes('Messages:'));
  expect(chats).toEqual([
    expect.stringMatching(/Jonas LieMessages: 5\d+(\.\d)? kB$/) as string,
    expect.stringMatching(/Lena NovakMessages: 1\d+ byte$/) as string,
  ]);
  await rows(page).filter({ hasText: 'Jonas Lie' }).click();
  await bubble(page, 'Long 4').waitFor();
});

test.each([
  [true, 'Kept by the browser'],
  [false, 'The browser did not agree'],
])('P37 a button asks the browser to keep it all, and an answer of %s is shown', async (answer, said) => {
  const page = await anna.newPage();
  await page.addInitScript((agrees) => {
    StorageManager.prototype.persisted = async () => false;
    StorageManager.prototype.persist = async () => agrees;
  }, answer);
  await page.goto(`${server.url}/settings/storage`);
  await page.getByText('What the server has comes back; what was not sent would be lost.').waitFor();
  await page.getByRole('button', { name: 'Ask to keep' }).click();
  await page.getByText(said).first().waitFor();
  expect(await page.getByRole('button', { name: 'Ask to keep' }).count()).toBe(answer ? 0 : 1);
  await page.close();
});

test.each([
  ['fails', 'fails'],
  ['throws', 'throws'],
  ['never answers', 'hangs'],
] as const)('P41 where a database %s, the app works in memory and says so everywhere', async (_, how) => {
  const profile = createProfile();
  const { page, context, problems } = await profile.open();
  await context.addInitScript((way) => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function refuse(this: IDBFactory, ...given) {
      if (way === 'throws') throw new DOMException('denied', 'SecurityError');
      if (way === 'hangs' && given[0].startsWith('chatter-')) return new EventTarget() as unknown as IDBOpenDBRequest;
      if (way === 'hangs') return open.apply(this, given);
      const request = new EventTarget() as unknown as { error: DOMException; onerror?: (event: Event) => void };
      request.error = new DOMException('denied', 'InvalidStateError');
      setTimeout(() => {
        const event = new Event('error', { cancelable: true });
        request.onerror?.(event);
        (request as unknown as EventTarget).dispatchEvent(event);
      });
      return request as unknown as IDBOpenDBRequest;
    };
  }, how);
  await page.goto(`${server.url}/`);
  const phone = newPhone();
  await signIn(server, page, { name: `Mira ${how}`, phone });
  const banner = page.getByRole('status').filter({ hasText: 'This browser keeps nothing for Chatter.' });
  await banner.first().waitFor();
  await addByNumber(page, server.url, jonas);
  await page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(page, `From memory that ${how}`);
  await openChat(jonas.page, `Mira ${how}`);
  await bubble(jonas.page, `From memory that ${how}`).waitFor();
  await banner.filter({ visible: true }).first().getByRole('button', { name: 'More' }).click();
  await page.getByText('Nothing is kept on this device').waitFor();
  // The session is the server’s: what was sent comes back.
  await page.goto(`${server.url}/chats`);
  await page.getByRole('list', { name: 'Chats' }).getByText(`From memory that ${how}`).waitFor();
  expect(problems.filter((problem) => !problem.includes('could not be opened, going on in memory'))).toEqual([]);
  await profile.dispose();
});

test('P39 on a full disk what arrives waits on the server, and that is said until there is room', async () => {
  const page = await anna.newPage();
  await anna.page.close();
  await page.addInitScript(() => {
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function begin(this: IDBDatabase, names, mode, options) {
      if (mode === 'readwrite' && 'isFull' in globalThis) throw new DOMException('no room', 'QuotaExceededError');
      return transaction.call(this, names, mode, options);
    };
  });
  await page.goto(`${server.url}/chats`);
  await openChat(page, jonas.name);
  await until(async () => (await page.getByText(/No connection|Offline\./).count()) === 0, 'the page to be connected');
  await page.evaluate(() => Object.assign(globalThis, { isFull: true }));
  await openChat(jonas.page, anna.name);
  await say(jonas.page, 'Too much for a full disk');
  await page.getByText('This device is full').filter({ visible: true }).first().waitFor({ timeout: 60_000 });
  expect(await bubble(page, 'Too much for a full disk').count()).toBe(0);
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'isFull'));
  await bubble(page, 'Too much for a full disk').waitFor({ timeout: 90_000 });
  await until(async () => (await page.getByText('This device is full').count()) === 0, 'the banner to go');
});
