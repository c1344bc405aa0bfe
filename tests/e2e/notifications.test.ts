import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { askedBy, clickNotice, shownNotices, watchSystem } from './kit/system.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
let lena: Person;

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  lena = await signUp(server, 'Lena Novak');
  for (const [person, text] of [
    [jonas, 'Jonas here'],
    [lena, 'Lena here'],
  ] as const) {
    await addByNumber(person.page, server.url, anna);
    await person.page.getByRole('button', { name: 'Message', exact: true }).click();
    await say(person.page, text);
  }
  await until(() => anna.page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
  await watchSystem(anna.context, server.url);
});

afterAll(async () => {
  for (const person of [anna, jonas, lena]) await person?.profile.dispose();
  await server?.dispose();
});

const list = (page: Page) => page.getByRole('list', { name: 'Chats' });
const titles = async () => (await shownNotices(anna.page)).map(({ title }) => title).toSorted();
/**
 * What comes while the app opens is no news, so the tab that leads must have had its first answer, and what tells of news must be
 * there: it is loaded after the screens, and writes on the icon when it is.
 */
const live = async (page: Page) => {
  const hasAnswer = () => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/api/sync'));
  await until(() => page.evaluate(hasAnswer), 'the first answer');
  await until(async () => (await page.getByText(/No connection|Offline\./).count()) === 0, 'the page to be connected');
  await until(async () => (await askedBy(page)).badges.length > 0, 'the number on the icon to be written');
};
/** Until it is there, the chat that was open before is still on screen, and nothing is shown of it. */
async function toPeople(): Promise<void> {
  await anna.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).first().click();
  await anna.page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  await anna.page.getByRole('log').waitFor({ state: 'detached' });
}
/** To the list, as after a click on the rail, with everything so far read. */
async function toList(): Promise<void> {
  for (const name of [jonas.name, lena.name]) {
    await openChat(anna.page, name);
    await anna.page.getByRole('log').waitFor();
  }
  await until(async () => !(await anna.page.title()).startsWith('('), 'both chats to be read');
  await toPeople();
  await until(async () => (await shownNotices(anna.page)).length === 0, 'no notification to be left');
}

test('P47 nobody is asked unbidden: one line offers it after the first message, and only a button asks', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/chats`);
  await list(page).getByText('Lena here').waitFor();
  await page.getByText('Be told of new messages while Chatter is open?').waitFor();
  expect((await askedBy(page)).asks).toBe(0);
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText('Be told of new messages').waitFor({ state: 'detached' });
  expect((await askedBy(page)).asks).toBe(1);
  await page.goto(`${server.url}/settings/notifications`);
  await until(() => page.getByRole('switch', { name: 'Tell me of new messages' }).isChecked(), 'notifications to be on');
  expect((await askedBy(page)).asks).toBe(0);
});

test('P51 P52 P55 one notification a conversation, with the count, gone when it is read; title and badge say the same', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/people`);
  await live(page);
  await toList();
  await say(jonas.page, 'One');
  await until(async () => (await titles()).join() === 'Jonas Lie', 'the first notification');
  await say(jonas.page, 'Two');
  await until(async () => (await titles()).join() === 'Jonas Lie (2)', 'the second to take its place');
  expect((await shownNotices(page))[0]).toMatchObject({ body: 'Two', path: expect.stringMatching(/^\/c\/.+\/m\/.+/) as string });
  await until(async () => (await page.title()).startsWith('(2) '), 'the title to say 2');
  await until(async () => (await askedBy(page)).badges.at(-1) === 2, 'the badge to say 2');
  await openChat(page, jonas.name);
  await until(async () => (await titles()).length === 0, 'the notification to go');
  await until(async () => (await askedBy(page)).badges.at(-1) === 0, 'the badge to go');
  expect(await page.title()).toBe('Jonas Lie · Chatter');
});

test('P50 nothing is shown of the conversation on screen in a visible tab', async () => {
  const { page } = anna;
  await toList();
  await openChat(page, jonas.name);
  await say(jonas.page, 'You see this');
  await bubble(page, 'You see this').waitFor();
  await say(lena.page, 'You do not see this');
  await until(async () => (await titles()).length > 0, 'the notification of the other chat');
  expect(await titles()).toEqual(['Lena Novak']);
});

test('a sound that never starts holds up no notification', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/people`);
  await page.evaluate(() => {
    const silent = { get: () => 'suspended' };
    Object.defineProperty(AudioContext.prototype, 'state', silent);
    AudioContext.prototype.resume = () => new Promise(() => undefined);
  });
  await live(page);
  await toList();
  await say(lena.page, 'First');
  await until(async () => (await titles()).join() === 'Lena Novak', 'a notification without its sound');
  await say(jonas.page, 'Second');
  await until(async () => (await titles()).length === 2, 'the next one');
  expect(await titles()).toEqual(['Jonas Lie', 'Lena Novak']);
});

test('the text and the sound are switches of their own', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole('switch', { name: 'Show message text in notifications' }).uncheck();
  await live(page);
  await toList();
  await say(lena.page, 'A secret');
  await until(async () => (await shownNotices(page))[0]?.body === 'New message', 'a notification without the text');
  expect(await shownNotices(page)).toMatchObject([{ title: 'Lena Novak', silent: true }]);
  expect((await askedBy(page)).notes).toBe(2);

  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole('switch', { name: 'Show message text in notifications' }).check();
  await page.getByRole('switch', { name: 'Sound' }).uncheck();
  await live(page);
  await toList();
  await say(lena.page, 'No secret');
  await until(async () => (await shownNotices(page))[0]?.body === 'No secret', 'a notification with the text');
  expect((await askedBy(page)).notes).toBe(0);

  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole('switch', { name: 'Tell me of new messages' }).uncheck();
  await live(page);
  await toList();
  await say(lena.page, 'Said while they are off');
  await until(async () => (await page.title()).startsWith('(1) '), 'the message to arrive');
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole('switch', { name: 'Tell me of new messages' }).check();
  await page.getByRole('switch', { name: 'Sound' }).check();
  expect(await shownNotices(page)).toEqual([]);
});

test('P53 a click brings the window there is to the message, without loading it anew', async () => {
  const { page, context } = anna;
  await live(page);
  await toList();
  await say(lena.page, 'Look at this');
  await until(async () => (await titles()).length === 1, 'the notification');
  const [notice] = await shownNotices(page);
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  await clickNotice(context);
  await until(() => new URL(page.url()).pathname === notice?.path, 'the page to go there');
  await bubble(page, 'Look at this').waitFor();
  expect(loads).toBe(0);
  await until(async () => (await shownNotices(page)).length === 0, 'the notification to go');
});

test('[EN-10] exactly one tab tells and writes on the icon, the others know how the link is, and one takes over when it is closed', async () => {
  const { page, context } = anna;
  await toList();
  const second = await context.newPage();
  await second.goto(`${server.url}/people`);
  await second.getByRole('heading', { name: 'People', exact: true }).waitFor();
  const before = await askedBy(page);
  await say(lena.page, 'For one tab');
  await until(async () => (await titles()).join() === 'Lena Novak', 'the notification');
  await until(async () => (await second.title()).startsWith('(1) '), 'the other tab to know');
  await until(async () => (await askedBy(page)).badges.at(-1) === 1, 'the badge');
  expect((await askedBy(page)).notices).toBe(before.notices + 1);
  expect(await askedBy(second)).toMatchObject({ badges: [], notices: 0, notes: 0 });

  await page.close();
  anna = { ...anna, page: second };
  await until(async () => (await askedBy(second)).badges.at(-1) === 1, 'the tab that is left to lead');
  await live(second);
  await say(lena.page, 'For the other');
  await until(async () => (await titles()).join() === 'Lena Novak (2)', 'its notification');
  expect((await askedBy(second)).notices).toBe(1);
});

test('a blocked person stays quiet', async () => {
  const { page } = anna;
  await toList();
  await openChat(page, jonas.name);
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByText('You blocked Jonas Lie.').waitFor();
  await toPeople();
  await say(jonas.page, 'From somebody blocked');
  await say(lena.page, 'From somebody else');
  await until(async () => (await titles()).join() === 'Lena Novak', 'the notification of the other');
  expect(await page.title()).toMatch(/^\(1\) /);
});

test('P55 signing out takes the number from title and icon, and every notification', async () => {
  const { page } = anna;
  expect(await titles()).toEqual(['Lena Novak']);
  await page.goto(`${server.url}/settings`);
  await page.getByText('Sign out of this device').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Phone number').waitFor();
  expect(await page.title()).not.toMatch(/\(\d/);
  await until(async () => (await askedBy(page)).badges.at(-1) === 0, 'the badge to be cleared');
  expect(await shownNotices(page)).toEqual([]);
  expect(anna.problems).toEqual([]);
});
