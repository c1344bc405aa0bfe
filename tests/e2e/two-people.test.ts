import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile } from './kit/browser.ts';
import { addByNumber, bubble, bubbles, composer, openChat, say, signIn, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
let annasPhone: Person;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  const profile = createProfile();
  const device = await profile.open();
  await device.page.setViewportSize({ width: 390, height: 844 });
  await device.page.goto(`${server.url}/`);
  await until(
    async () => {
      await signIn(server, device.page, anna);
      return true;
    },
    'the second device to sign in',
    60_000,
  );
  annasPhone = { ...device, name: anna.name, phone: anna.phone, profile };
});

afterAll(async () => {
  for (const person of [anna, jonas, annasPhone]) await person?.profile.dispose();
  await server?.dispose();
});

test('a message is on the other person’s and the other device’s screen, once and in order', async () => {
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Night train leaves 21:40');
  await openChat(jonas.page, anna.name);
  await bubble(jonas.page, 'Night train leaves 21:40').waitFor();
  await openChat(annasPhone.page, jonas.name);
  await bubble(annasPhone.page, 'Night train leaves 21:40').waitFor();

  for (const [person, text] of [
    [jonas, 'I will be there'],
    [anna, 'Bring the long cable'],
    [annasPhone, 'and the spare SIM'],
    [jonas, 'Done'],
  ] as const) {
    await say(person.page, text);
    for (const other of [anna, jonas, annasPhone]) await bubble(other.page, text).waitFor();
  }
  const said = ['Night train leaves 21:40', 'I will be there', 'Bring the long cable', 'and the spare SIM', 'Done'];
  for (const person of [anna, jonas, annasPhone]) expect(await bubbles(person.page)).toEqual(said);
});

test('what is edited or deleted on one screen is so on all', async () => {
  await act(anna, 'Bring the long cable', 'Edit');
  await composer(anna.page).fill('Bring the short cable');
  await anna.page.keyboard.press('Enter');
  for (const person of [jonas, annasPhone]) await bubble(person.page, 'Bring the short cable').waitFor();
  await act(jonas, 'Done', 'Delete');
  await jonas.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  for (const person of [anna, annasPhone]) await bubble(person.page, 'This message was deleted').waitFor();
  for (const person of [anna, jonas, annasPhone])
    expect((await bubbles(person.page)).slice(1, 4)).toEqual(['I will be there', 'Bring the short cable', 'and the spare SIM']);
});

test('unread counts are the same on both devices, and reading on one clears the other', async () => {
  await anna.page.goto(`${server.url}/chats`);
  await annasPhone.page.goto(`${server.url}/chats`);
  await say(jonas.page, 'One more thing');
  const badge = (person: Person) => person.page.getByRole('list', { name: 'Chats' }).getByText('1 unread message');
  await badge(anna).waitFor({ state: 'attached' });
  await badge(annasPhone).waitFor({ state: 'attached' });
  await until(async () => (await anna.page.title()).startsWith('(1)'), 'the count in the title');
  await openChat(annasPhone.page, jonas.name);
  await badge(anna).waitFor({ state: 'detached' });
  await until(async () => !(await anna.page.title()).startsWith('('), 'the count to leave the title');
  expect(await badge(annasPhone).count()).toBe(0);
});

test('nothing went wrong in any browser', () => {
  for (const person of [anna, jonas, annasPhone]) expect(person.problems).toEqual([]);
});

async function act(person: Person, text: string, action: string): Promise<void> {
  const message = person.page.locator('[role=log] .message').filter({ hasText: text });
  await message.hover();
  await message.getByRole('button', { name: 'Message actions' }).click();
  await person.page.getByRole('menuitem', { name: action }).click();
}
