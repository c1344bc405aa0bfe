import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, bubbles, composer, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'First');
  await openChat(jonas.page, anna.name);
  await bubble(jonas.page, 'First').waitFor();
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

test('[SQ-5] a double click on send, and Enter held down, say it once', async () => {
  await composer(anna.page).fill('Clicked twice');
  await anna.page.getByRole('button', { name: 'Send', exact: true }).dblclick();
  await composer(anna.page).fill('Entered twice');
  await Promise.all([anna.page.keyboard.press('Enter'), anna.page.keyboard.press('Enter')]);
  await say(anna.page, 'And on');
  await bubble(jonas.page, 'And on').waitFor();
  const said = ['First', 'Clicked twice', 'Entered twice', 'And on'];
  expect(await bubbles(jonas.page)).toEqual(said);
  expect(await bubbles(anna.page)).toEqual(said);
});

test('[EN-10][SQ-5] two tabs of one person show the same, and what either writes is said once, also when the leading one is closed', async () => {
  const first = anna.page;
  const second = await anna.context.newPage();
  await second.goto(first.url());
  await bubble(second, 'And on').waitFor();
  for (const [page, text] of [
    [first, 'From the first'],
    [second, 'From the second'],
    [first, 'First again'],
    [second, 'Second again'],
  ] as const) {
    await say(page, text);
    for (const other of [first, second, jonas.page]) await bubble(other, text).waitFor();
  }
  await first.close();
  anna = { ...anna, page: second };
  await say(second, 'Alone now');
  for (const page of [second, jonas.page]) await bubble(page, 'Alone now').waitFor();
  const said = ['From the first', 'From the second', 'First again', 'Second again', 'Alone now'];
  for (const page of [second, jonas.page]) expect((await bubbles(page)).slice(-5)).toEqual(said);
});

test('[SQ-5] what was sent while the server died under it is said once', async () => {
  const texts = ['Into the void one', 'Into the void two', 'Into the void three'];
  await say(anna.page, texts[0]!);
  await server.kill();
  for (const text of texts.slice(1)) await say(anna.page, text);
  await server.start();
  await bubble(jonas.page, texts[2]!).waitFor({ timeout: 90_000 });
  await until(async () => (await anna.page.locator('.message:not([data-state=sent])[data-own]').count()) === 0, 'every tick');
  for (const page of [anna.page, jonas.page])
    expect((await bubbles(page)).filter((text) => text.startsWith('Into'))).toEqual(texts);
});

test('nothing went wrong in any browser', () => {
  for (const person of [anna, jonas]) expect(person.problems).toEqual([]);
});
