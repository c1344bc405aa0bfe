import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addByNumber, bubble, say, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';

let server: TestServer;
let anna: Person;
let jonas: Person;
let conversation = '';

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  jonas = await signUp(server, 'Jonas Lie');
  await addByNumber(anna.page, server.url, jonas);
  await anna.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(anna.page, 'A rather long line that has to be broken somewhere, with https://chat.example/a/very/long/address/in/it');
  conversation = new URL(anna.page.url()).pathname;
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

/** What sticks out of the window at its sides, and which names of sections are cut. */
const faults = (page: Page) =>
  page.evaluate(() => {
    const shown = (element: Element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
    const out = [...document.querySelectorAll('a, button, input, textarea, h1, h2, h3, p')].filter(shown).filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -1 || right > innerWidth + 1;
    });
    const cut = [...document.querySelectorAll('nav a > span:last-child')]
      .filter(shown)
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    const name = (element: Element) =>
      `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.slice(0, 30)}`;
    return {
      out: out.map(name),
      cut: cut.map(name),
      isWide: document.documentElement.scrollWidth > innerWidth,
    };
  });

test.each([
  [320, 640, '100%'],
  [320, 640, '200%'],
  [390, 844, '200%'],
  [1280, 800, '200%'],
])('at %s × %s with text at %s nothing sticks out at the sides and no section’s name is cut', async (width, height, fontSize) => {
  const { page } = anna;
  await page.setViewportSize({ width, height });
  for (const path of [
    '/chats',
    '/people',
    '/outbox',
    '/settings',
    conversation,
    `${conversation}/details`,
    '/settings/devices',
  ]) {
    await page.goto(server.url + path);
    await page.evaluate((size) => void (document.documentElement.style.fontSize = size), fontSize);
    if (path === conversation) await bubble(page, 'A rather long line').waitFor();
    else await page.locator('h1, h2').filter({ visible: true }).first().waitFor();
    await expect.poll(() => faults(page), { message: path }).toEqual({ out: [], cut: [], isWide: false });
  }
});
