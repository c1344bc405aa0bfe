import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Profile } from './kit/browser.ts';
import { newPhone } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';

let server: TestServer;
let profile: Profile;
beforeAll(async () => {
  server = await startServer();
  profile = createProfile();
});
afterAll(async () => {
  await profile?.dispose();
  await server?.dispose();
});

/** The server is asked and answers, and the first answer to each request is lost on its way. */
async function loseFirstAnswers(page: Page): Promise<readonly string[]> {
  const lost: string[] = [];
  await page.route(/\/api\/(login|verify)$/, async (route) => {
    const answer = await route.fetch();
    const words = `${new URL(route.request().url()).pathname} ${route.request().postData()}`;
    if (lost.includes(words)) return route.fulfill({ response: answer });
    lost.push(words);
    return route.abort('connectionreset');
  });
  return lost;
}

test('[AC-17] whoever signs up where each first answer is lost goes on with the code they were sent, and has one device', async () => {
  const { page } = await profile.open();
  const phone = newPhone();
  await page.goto(`${server.url}/`);
  const lost = await loseFirstAnswers(page);
  const told = page.getByText('The server cannot be reached').first();
  const press = (name: string) => page.getByRole('button', { name }).click();
  await page.getByLabel('Phone number').fill(phone);
  await press('Send code');
  await told.waitFor();
  await press('Send code');
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
  const code = await server.codeFor(phone);
  await page.getByLabel('Code', { exact: true }).fill(code);
  await told.waitFor();
  await press('Continue');
  await page.getByLabel('Name', { exact: true }).fill('Anna');
  await press('Start chatting');
  await told.waitFor();
  await press('Start chatting');
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  expect(lost).toHaveLength(3);
  const { devices } = await page.evaluate(async () => (await fetch('/api/devices')).json() as Promise<{ devices: unknown[] }>);
  expect(devices).toHaveLength(1);
});
