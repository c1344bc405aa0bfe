import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPhone, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let authenticator: Authenticator;

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  authenticator = await addAuthenticator(anna.page);
});

afterAll(async () => {
  await anna?.profile.dispose();
  await server?.dispose();
});

const title = (page: Page) => page.getByRole('heading', { name: 'Sign-in and security' });
const toast = (page: Page, text: string) => page.getByText(text, { exact: true }).first();
const chats = (page: Page) => page.getByRole('heading', { name: 'Chats', exact: true });

test('[AC-20] a passkey is added in the settings, and has a name and a day', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/settings`);
  await page.getByText('Sign-in and security', { exact: true }).click();
  await title(page).waitFor();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await toast(page, 'The passkey is added.').waitFor();
  await page.getByText('Chrome on Linux').waitFor();
  await page.getByText('Added today · not used yet').waitFor();
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);
});

test('[AC-20] the same authenticator is not added twice', async () => {
  const { page } = anna;
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await toast(page, 'This device has a passkey for you already.').waitFor();
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('[AC-21] it is renamed', async () => {
  const { page } = anna;
  await page.getByRole('button', { name: 'Actions for Chrome on Linux' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Work laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Actions for Work laptop' }).waitFor();
  expect(await page.getByText('Chrome on Linux').count()).toBe(0);
});

test('[AC-20] signed out, one signs in with it: no number, no code', async () => {
  const { page } = anna;
  await signOut(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await chats(page).waitFor();
  await page.goto(`${server.url}/settings`);
  await page.getByText(anna.name, { exact: true }).first().waitFor();
  await page.goto(`${server.url}/settings/security`);
  await page.getByText('Added today · last used today').waitFor();
  expect(await authenticator.credentials()).toMatchObject([{ signCount: 2 }]);
});

test('[AC-20] whom the authenticator did not verify is not signed in', async () => {
  const { page } = anna;
  await signOut(page);
  await authenticator.verifies(false);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('No passkey was used.').waitFor();
  expect(await chats(page).count()).toBe(0);
  await authenticator.verifies(true);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await chats(page).waitFor();
});

test('[AC-21] once removed it signs nobody in', async () => {
  const { page } = anna;
  await page.goto(`${server.url}/settings/security`);
  await page.getByRole('button', { name: 'Actions for Work laptop' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Actions for Work laptop' }).waitFor({ state: 'detached' });
  await signOut(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('This passkey is not known here, or no longer.').waitFor();
  expect(await chats(page).count()).toBe(0);
});

// Without a server a browser also complains of icons that it could not fetch: so this comes before.
test('nothing went wrong in the browser', () => {
  expect(anna.problems).toEqual([]);
});

test('without the server the page says so, and so does the button', async () => {
  const other = await signUp(server, 'Jonas Lie', newPhone());
  const { page } = other;
  await page.goto(`${server.url}/settings`);
  const row = page.getByText('Sign-in and security', { exact: true });
  await row.waitFor();
  // From then on every page of the app is on the device.
  await until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
  await server.kill();
  await row.click();
  await page.getByText('The list of passkeys is on the server, and it cannot be reached.').waitFor();
  await anna.page.getByRole('button', { name: 'Use a passkey' }).click();
  await anna.page.getByText('The server cannot be reached.').waitFor();
  await server.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Add a passkey' }).waitFor();
  expect(await page.getByText('cannot be reached').count()).toBe(0);
  await other.profile.dispose();
});

test('at an address in numbers, where there are no passkeys, none are offered', async () => {
  const { page } = anna;
  await page.goto(`${server.url.replace('localhost', '127.0.0.1')}/login`);
  await page.getByRole('button', { name: 'Use another device' }).waitFor();
  expect(await page.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
});

async function signOut(page: Page): Promise<void> {
  await page.goto(`${server.url}/settings`);
  await page.getByText('Sign out of this device').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Phone number').waitFor();
}

type Authenticator = Awaited<ReturnType<typeof addAuthenticator>>;

/** The lock of this device, as the browser's own tools play it. */
async function addAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified: boolean) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}
