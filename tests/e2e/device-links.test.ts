import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Device, type Profile } from './kit/browser.ts';
import { signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let eve: Person;
let profile: Profile;
let laptop: Device;
const tokens: string[] = [];

beforeAll(async () => {
  server = await startServer();
  [anna, eve] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Eve Moss')]);
  profile = createProfile();
  laptop = await profile.open();
  laptop.page.on('response', (response) => {
    if (response.url().endsWith('/api/device-links'))
      void response.json().then(({ token }: { token: string }) => tokens.push(token));
  });
});

afterAll(async () => {
  for (const one of [anna?.profile, eve?.profile, profile]) await one?.dispose();
  await server?.dispose();
});

/** The new device asks to be let in. */
async function ask(): Promise<void> {
  await laptop.page.goto(`${server.url}/login`);
  await laptop.page.getByRole('button', { name: 'Use another device' }).click();
  await codeOn(laptop.page);
}

const chats = (page: Page) => page.getByRole('heading', { name: 'Chats', exact: true });
const isThisYou = (page: Page) => page.getByRole('heading', { name: 'Is this you?' });

test('[AC-23] a code is typed, what asks is shown, and nothing is let in before it is confirmed', async () => {
  await ask();
  await type(anna.page, await codeOn(laptop.page));
  await anna.page.getByRole('heading', { name: 'Let this device in?' }).waitFor();
  await anna.page.getByText('Chrome on Linux').waitFor();
  await anna.page.getByText('The same network as this device').waitFor();
  await answerTo(laptop.page);
  expect(await isThisYou(laptop.page).count()).toBe(0);
  await anna.page.getByRole('button', { name: 'This is not mine' }).click();
  await anna.page.getByText('It was not let in').waitFor();
  await laptop.page.getByText('The other device did not let this one in.').waitFor();
});

test('[AC-22] who photographs the code gains nothing, and cannot put somebody into a stranger’s account unawares', async () => {
  await ask();
  const address = await addressOn(laptop.page);
  await eve.page.goto(address);
  await eve.page.getByRole('button', { name: 'Let it in' }).click();
  await isThisYou(laptop.page).waitFor();
  await laptop.page.getByText(eve.name).waitFor();
  const shown = tokens.length;
  await laptop.page.getByRole('button', { name: 'This is not me' }).click();
  await until(() => tokens.length > shown, 'a new token');
  expect(await addressOn(laptop.page)).not.toBe(address);

  const thief = createProfile();
  const { page } = await thief.open();
  const photographed = await addressOn(laptop.page);
  await anna.page.goto(photographed);
  await anna.page.getByRole('button', { name: 'Let it in' }).click();
  await isThisYou(laptop.page).waitFor();
  await page.goto(photographed);
  await page.getByLabel('Phone number').waitFor();
  const collected = await page.evaluate(async () => {
    const answer = await fetch('/api/device-links/collect', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return answer.status;
  });
  expect(collected).toBe(404);
  await thief.dispose();
});

test('[AC-22] scanned, confirmed, continued: signed in, and in the list of devices', async () => {
  await ask();
  const address = await addressOn(laptop.page);
  expect(address).toMatch(new RegExp(`^${server.url}/link#[\\w-]{43}$`));
  await anna.page.goto(address);
  await anna.page.getByRole('heading', { name: 'Let this device in?' }).waitFor();
  expect(anna.page.url()).toBe(`${server.url}/link`);
  await anna.page.getByRole('button', { name: 'Let it in' }).click();
  await anna.page.getByText('Go on over there').waitFor();
  await isThisYou(laptop.page).waitFor();
  await laptop.page.getByText(anna.name).waitFor();
  expect(await laptop.context.cookies()).toContainEqual(
    expect.objectContaining({ name: '__Host-chatter-link', httpOnly: true, secure: true, sameSite: 'Strict' }),
  );
  await laptop.page.getByRole('button', { name: 'Continue' }).click();
  await chats(laptop.page).waitFor();
  expect((await laptop.context.cookies()).map(({ name }) => name)).not.toContain('__Host-chatter-link');
  await anna.page.getByRole('button', { name: 'To the devices' }).click();
  await until(async () => (await anna.page.getByText('Chrome on Linux').count()) === 2, 'both devices in the list');

  await anna.page.goto(address);
  await anna.page.getByText('No device shows this code now.').waitFor();
  await signOut(laptop.page);
});

test('a code that nobody shows is said to be so', async () => {
  await ask();
  const code = await codeOn(laptop.page);
  await type(anna.page, code === '00000000' ? '00000001' : '00000000');
  await anna.page.getByText('No device shows this code now.').waitFor();
  expect(await anna.page.getByRole('button', { name: 'Let it in' }).count()).toBe(0);
});

// Without a server a browser also complains of icons that it could not fetch: so this comes before.
test('nothing went wrong in any browser', () => {
  for (const device of [anna, eve, laptop]) expect(device.problems).toEqual([]);
});

test('without the server the screen goes on asking, and is let in once it is back', async () => {
  await ask();
  const code = await codeOn(laptop.page);
  await type(anna.page, code);
  await anna.page.getByRole('button', { name: 'Let it in' }).waitFor();
  await server.kill();
  await anna.page.getByRole('button', { name: 'Let it in' }).click();
  await anna.page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
  await server.start();
  await anna.page.getByRole('button', { name: 'Let it in' }).click();
  await isThisYou(laptop.page).waitFor();
  await laptop.page.getByRole('button', { name: 'Continue' }).click();
  await chats(laptop.page).waitFor();
  expect(new URL(laptop.page.url()).pathname).toBe('/chats');
});

async function codeOn(page: Page): Promise<string> {
  const shown = page.getByRole('status', { name: 'Code', exact: true });
  await shown.waitFor();
  return (await shown.innerText()).replaceAll(/\D/g, '');
}

/** What a camera would read: the modules that are drawn are those of the address with the token that the server gave last. */
async function addressOn(page: Page): Promise<string> {
  const path = page.getByRole('img', { name: /QR code/ }).locator('path');
  return until(async () => {
    const address = `${server.url}/link#${tokens.at(-1)}`;
    const { data } = encode(address, { ecc: 'M', border: 0 });
    const expected = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])));
    const drawn = modulesOf((await path.getAttribute('d')) ?? '');
    return drawn.toSorted().join() === expected.toSorted().join() && address;
  }, 'the code of the last token to be drawn');
}

function modulesOf(path: string): readonly string[] {
  return [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].flatMap(([, x, y, length]) =>
    Array.from({ length: Number(length) }, (_, i) => `${Number(x) + i} ${y}`),
  );
}

async function type(page: Page, code: string): Promise<void> {
  await page.goto(`${server.url}/settings/devices`);
  await page.getByText('Link a device', { exact: true }).click();
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** The screen that waits has asked again, and heard. */
const answerTo = (page: Page) => page.waitForResponse((response) => response.url().endsWith('/api/device-links/mine'));

async function signOut(page: Page): Promise<void> {
  await page.goto(`${server.url}/settings`);
  await page.getByText('Sign out of this device').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Phone number').waitFor();
}
