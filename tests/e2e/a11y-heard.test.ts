import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heard, hearing, listen } from './kit/heard.ts';
import { addByNumber, bubble, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { askedBy, shownNotices, watchSystem } from './kit/system.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  for (const [person, other] of [
    [anna, jonas],
    [jonas, anna],
  ] as const) {
    await addByNumber(person.page, server.url, other);
    await person.page.getByRole('button', { name: 'Message', exact: true }).click();
  }
  await anna.page.getByText('No messages yet').waitFor();
  await region(anna.page).waitFor({ state: 'attached' });
  await listen(anna.page);
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

const region = (page: Page) => page.locator('[aria-live=polite][aria-atomic=false]');
const by = (name: string, texts: readonly string[]) => texts.map((text) => `${name}: ${text}`);

/** One more message ends what is listened to: whatever was to be said before it has been said by then. */
async function heardUntil(text: string): Promise<readonly string[]> {
  await say(jonas.page, text);
  await until(async () => (await hearing(anna.page)).some((words) => words.endsWith(text)), `“${text}” to be heard`);
  return heard(anna.page);
}

test('P64 a new message is heard once, with who and what, the first of a chat too', async () => {
  expect(await heardUntil('Hello')).toEqual(by(jonas.name, ['Hello']));
  expect(await heardUntil('Are you there?')).toEqual(by(jonas.name, ['Are you there?']));
});

test('P64 the same words again are heard again', async () => {
  await say(jonas.page, 'ok');
  await say(jonas.page, 'ok');
  expect(await heardUntil('Twice')).toEqual(by(jonas.name, ['ok', 'ok', 'Twice']));
});

test('P64 it is a polite region of the tree that a screen reader reads', async () => {
  const session = await anna.context.newCDPSession(anna.page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AXNode[] };
  const live = nodes.filter(({ ignored, properties }) => !ignored && properties?.some((one) => isPolite(one)));
  const said = live.flatMap(({ childIds = [] }) => childIds.map((id) => textUnder(nodes, id)));
  expect(said).toContain(`${jonas.name}: Twice`);
  await session.detach();
});

type AXProperty = { readonly name: string; readonly value: { readonly value?: unknown } };
type AXNode = {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly name?: { readonly value?: string };
  readonly properties?: readonly AXProperty[];
  readonly childIds?: readonly string[];
};
const isPolite = ({ name, value }: AXProperty): boolean => name === 'live' && value.value === 'polite';

function textUnder(nodes: readonly AXNode[], id: string): string {
  const node = nodes.find(({ nodeId }) => nodeId === id);
  return node?.name?.value || (node?.childIds ?? []).map((child) => textUnder(nodes, child)).join('');
}

test('P64 nothing is heard of own messages, of edits and deletions, or of what is drawn again', async () => {
  await say(anna.page, 'My own');
  await bubble(jonas.page, 'My own').waitFor();
  await act('Are you there?', 'Edit');
  await jonas.page.getByRole('textbox', { name: 'Message text' }).fill('Are you still there?');
  await jonas.page.keyboard.press('Enter');
  await bubble(anna.page, 'Are you still there?').waitFor();
  await act('Twice', 'Delete');
  await jonas.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await bubble(anna.page, 'This message was deleted').waitFor();
  await anna.page.emulateMedia({ colorScheme: 'dark' });
  await anna.page.setViewportSize({ width: 390, height: 844 });
  await anna.page.setViewportSize({ width: 1280, height: 800 });
  await anna.page.emulateMedia({ colorScheme: 'light' });
  expect(await heardUntil('After all that')).toEqual(by(jonas.name, ['After all that']));
});

async function act(text: string, action: string): Promise<void> {
  const message = jonas.page.locator('[role=log] .message').filter({ hasText: text });
  await message.hover();
  await message.getByRole('button', { name: 'Message actions' }).click();
  await jonas.page.getByRole('menuitem', { name: action }).click();
}

test('P64 ten that come at once are heard one by one, each once', async () => {
  const ten = Array.from({ length: 10 }, (_, i) => `One of ten: ${i + 1}`);
  anna.profile.sleep();
  for (const text of ten) await say(jonas.page, text);
  anna.profile.wake();
  await bubble(anna.page, ten.at(-1)!).waitFor();
  const words = await heardUntil('The eleventh');
  expect(words.filter((one) => one.startsWith(jonas.name))).toEqual(by(jonas.name, [...ten, 'The eleventh']));
});

test('P64 a message in another chat is heard once too, unless the system shows it', async () => {
  const { page } = anna;
  await toPeople(page);
  await until(async () => !(await page.title()).startsWith('('), 'all to be read');
  await heard(page);
  expect(await heardUntil('Where are you?')).toEqual(by(jonas.name, ['Where are you?']));
  expect(await heardUntil('Hello?')).toEqual([`${jonas.name} (2): Hello?`]);
  await openChat(page, jonas.name);
  await bubble(page, 'Hello?').waitFor();
  expect(await heardUntil('There you are')).toEqual(by(jonas.name, ['There you are']));
});

test('P64 a tab that nobody sees says nothing, and one line of it all when it is in front again', async () => {
  const { page } = anna;
  await heard(page);
  await beSeen(page, false);
  for (const text of ['First unseen', 'Second unseen', 'Third unseen']) await say(jonas.page, text);
  await bubble(page, 'Third unseen').waitFor();
  await beSeen(page, true);
  expect(await heardUntil('Back again')).toEqual(['3 new messages', ...by(jonas.name, ['Back again'])]);
  await beSeen(page, false);
  await say(jonas.page, 'Just one');
  await bubble(page, 'Just one').waitFor();
  await beSeen(page, true);
  expect(await heardUntil('And back')).toEqual(by(jonas.name, ['Just one', 'And back']));
});

test('P64 of another chat too, and nothing of what was read elsewhere meanwhile', async () => {
  const { page } = anna;
  await toPeople(page);
  await until(async () => !(await page.title()).startsWith('('), 'all to be read');
  await heard(page);
  await beSeen(page, false);
  for (const text of ['One elsewhere', 'Two elsewhere']) await say(jonas.page, text);
  await until(async () => (await page.title()).startsWith('(2)'), 'both to be unread');
  await beSeen(page, true);
  expect(await heardUntil('Three elsewhere')).toEqual([`${jonas.name} (2): Two elsewhere`, `${jonas.name} (3): Three elsewhere`]);
  await beSeen(page, false);
  await say(jonas.page, 'Four elsewhere');
  await until(async () => (await page.title()).startsWith('(4)'), 'four to be unread');
  const other = await anna.newPage();
  await other.goto(`${server.url}/chats`);
  await openChat(other, jonas.name);
  await until(async () => !(await page.title()).startsWith('('), 'all to be read in another tab');
  await other.close();
  await beSeen(page, true);
  expect(await heardUntil('Five elsewhere')).toEqual(by(jonas.name, ['Five elsewhere']));
  await openChat(page, jonas.name);
});

/** As when another tab is in front of it, or it is again: the driver keeps every page in front. */
const beSeen = (page: Page, isSeen: boolean): Promise<void> =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (now ? 'visible' : 'hidden') });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isSeen);

const manyMessages = 90;

test('P64 nothing is heard of what scrolling brings, and what comes after it is', { timeout: 120_000 }, async () => {
  const { page } = anna;
  await toPeople(page);
  for (let n = 1; n <= manyMessages; n++) await say(jonas.page, `Line ${n}`);
  await until(async () => (await hearing(page)).some((words) => words.endsWith(`Line ${manyMessages}`)), 'the last to be heard');
  await openChat(page, jonas.name);
  await scrollTo(page, 'Home', 'Hello');
  // A chat opens where it was left: a page of it around that place, and the rest when one scrolls to it.
  await toPeople(page);
  await openChat(page, jonas.name);
  await bubble(page, 'Hello').first().waitFor();
  await heard(page);
  await scrollTo(page, 'End', `Line ${manyMessages}`);
  expect(await heardUntil('News')).toEqual(by(jonas.name, ['News']));
});

async function scrollTo(page: Page, key: 'Home' | 'End', text: string): Promise<void> {
  const target = bubble(page, text).first();
  await until(async () => {
    await page.getByRole('log').press(key);
    return target.isVisible();
  }, `“${text}” to be on screen`);
}

test('P64 what the system shows as a notification is not said by the page as well', async () => {
  const { page } = anna;
  await watchSystem(anna.context, server.url);
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole('button', { name: 'Turn on' }).click();
  await until(async () => (await askedBy(page)).asks === 1, 'the browser to be asked');
  await until(async () => (await page.getByText(/No connection|Offline\./).count()) === 0, 'the page to be connected');
  await openChat(page, jonas.name);
  await until(async () => !(await page.title()).startsWith('('), 'all to be read');
  await toPeople(page);
  await listen(page);
  await say(jonas.page, 'Shown by the system');
  await until(async () => (await shownNotices(page)).some(({ body }) => body === 'Shown by the system'), 'the notification');
  await openChat(page, jonas.name);
  await until(async () => (await region(page).count()) === 1, 'somebody to listen');
  const words = await heardUntil('In the open chat');
  expect(words.filter((one) => one.startsWith(jonas.name))).toEqual(by(jonas.name, ['In the open chat']));
});

test('nothing went wrong in either browser', () => {
  expect([...anna.problems, ...jonas.problems]).toEqual([]);
});

async function toPeople(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).first().click();
  await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
}
