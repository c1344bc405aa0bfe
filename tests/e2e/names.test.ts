import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '#sync-protocol';
import { aMessage, createGroup, directWith, signUp as signUpScript, type ScriptClient } from '../kit/script-client.ts';
import { openChat, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

/** One looks at a screen; the other two are scripts, who take other names and numbers whenever the test says. */
let server: TestServer;
let jonas: Person;
let anna: ScriptClient;
let ingrid: ScriptClient;

beforeAll(async () => {
  server = await startServer();
  [jonas, anna, ingrid] = await Promise.all([
    signUp(server, 'Jonas Lie'),
    signUpScript(server, 'Anna Kowalska'),
    signUpScript(server, 'Ingrid Berg'),
  ]);
  const me = await userOf(jonas.page);
  await createGroup(anna, [{ user: me }, ingrid], 'Night shift');
  const { log } = directWith(anna.user, me);
  await anna.send([aMessage(log, 'Hello Jonas', me)]);
  await chats(jonas.page).filter({ hasText: 'Anna Kowalska' }).first().waitFor();
});

afterAll(async () => {
  await jonas?.profile.dispose();
  await server?.dispose();
});

const chats = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('link');
const rename = async (who: ScriptClient, name: string) =>
  expect(await who.ask('PUT', `/api/users/${who.user}`, { name })).toMatchObject({ status: 200 });

async function userOf(page: Page): Promise<UserId> {
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));
  return names.find((name) => name.startsWith('chatter-'))!.slice('chatter-'.length) as UserId;
}

test('[PR-1] a new name is in the open list, at the head of the chat and among the members, without a reload', async () => {
  const { page } = jonas;
  await openChat(page, 'Anna Kowalska');
  const heading = (name: string) => page.getByRole('main').getByText(name, { exact: true }).first();
  await heading('Anna Kowalska').waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
  await rename(anna, 'Anna Berg');
  await chats(page).filter({ hasText: 'Anna Berg' }).first().waitFor();
  await heading('Anna Berg').waitFor();

  await openChat(page, 'Night shift');
  const member = (name: string) => page.getByRole('link').filter({ hasText: name }).filter({ visible: true });
  await member('Ingrid Berg').first().waitFor();
  await rename(ingrid, 'Ingrid Lund');
  await member('Ingrid Lund').first().waitFor();
  await until(async () => (await page.getByText('Ingrid Berg').count()) === 0, 'the earlier name to be nowhere');
  expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
});

test('[PR-2] a name that was taken while the app was closed is there when it is opened, though nobody has written', async () => {
  const { page } = jonas;
  await page.goto('about:blank');
  await rename(anna, 'Anna Lund');
  await page.goto(`${server.url}/chats`);
  await chats(page).filter({ hasText: 'Anna Lund' }).first().waitFor();
  expect(await chats(page).filter({ hasText: 'Anna Berg' }).count()).toBe(0);
});

test('[RG-6] a number opens whom it belongs to now, not who had it when this device last heard', async () => {
  const { page } = jonas;
  const { phone } = ((await ingrid.ask('GET', '/api/me')).body as { profile: { phone: string } }).profile;
  // As it is on a device that was away while the number went from one to the other.
  await page.goto(`${server.url}/people/add`);
  await page.evaluate(holdNumber, { user: anna.user, phone });
  await page.reload();
  await page.getByLabel('Phone number').fill(phone);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Ingrid Lund' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/people/${ingrid.user}`);
});

test('nothing went wrong in the browser', () => {
  expect(jonas.problems).toEqual([]);
});

async function holdNumber({ user, phone }: { user: string; phone: string }): Promise<void> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error(String(request.error))));
    });
  const name = (await indexedDB.databases()).map((database) => database.name ?? '').find((one) => one.startsWith('chatter-'))!;
  const db = await done(indexedDB.open(name));
  const people = db.transaction('people', 'readwrite').objectStore('people');
  const held = (await done(people.get(user))) as object;
  await done(people.put({ ...held, phone }));
  db.close();
}
