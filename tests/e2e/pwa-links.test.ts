import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, openChat, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'Line 01');
  await openChat(jonas.page, anna.name);
  await bubble(jonas.page, 'Line 01').waitFor();
  for (let i = 2; i <= 60; i++) await say(anna.page, `Line ${String(i).padStart(2, '0')}`);
  await bubble(jonas.page, 'Line 60').waitFor();
  await until(() => jonas.page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

async function choose(page: Page, text: string, item: string): Promise<void> {
  const message = page.locator('.message').filter({ hasText: text });
  await message.hover();
  await message.getByRole('button', { name: 'Message actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('P65 P67 the link of a message is copied, and opens at it on another device, also with the server dead', async () => {
  const { page, context } = anna;
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await choose(page, 'Line 45', 'Copy link');
  await page.getByText('Link copied.').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`^${server.url}/c/[0-9a-f-]+/m/[0-9a-f-]+$`));

  await jonas.profile.kill();
  await server.kill();
  jonas = { ...jonas, ...(await jonas.profile.open()) };
  await jonas.page.goto(link);
  await bubble(jonas.page, 'Line 45').waitFor();
  const lit = jonas.page.locator('[data-highlight]');
  expect(await lit.textContent()).toContain('Line 45');
  const isInView = await lit.evaluate((row) => {
    const [log, own] = [row.closest('[role=log]')!.getBoundingClientRect(), row.getBoundingClientRect()];
    return own.top >= log.top && own.bottom <= log.bottom;
  });
  expect(isInView).toBe(true);
  await jonas.page.reload();
  await bubble(jonas.page, 'Line 45').waitFor();
  await server.start();
});

test('P67 the system’s own sharing gets the text, and closing it is no failure', async () => {
  const { page } = anna;
  await page.addInitScript(() => {
    const shared: unknown[] = [];
    Object.assign(globalThis, { shared });
    navigator.share = async (what) => {
      shared.push(what);
      throw new DOMException('closed', 'AbortError');
    };
  });
  await page.reload();
  // It opens where it was left, above the end.
  await until(async () => {
    await page.getByRole('log').press('End');
    return bubble(page, 'Line 60').isVisible();
  }, 'the end');
  await choose(page, 'Line 60', 'Share');
  await until(
    () => page.evaluate(() => (globalThis as unknown as { shared: unknown[] }).shared.length === 1),
    'the text to be shared',
  );
  expect(await page.evaluate(() => (globalThis as unknown as { shared: unknown[] }).shared)).toEqual([{ text: 'Line 60' }]);
  expect(anna.problems).toEqual([]);
});

test('a message that nobody has taken yet has no link', async () => {
  const { page } = anna;
  await server.kill();
  await say(page, 'Still waiting');
  const message = page.locator('.message').filter({ hasText: 'Still waiting' });
  await message.hover();
  await message.getByRole('button', { name: 'Message actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Copy link' }).count()).toBe(0);
  await server.start();
});
