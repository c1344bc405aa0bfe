import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile, type Device } from './kit/browser.ts';
import { startServer, type TestServer } from './kit/server.ts';

let server: TestServer;
let device: Device;
const profile = createProfile();

beforeAll(async () => {
  server = await startServer();
  device = await profile.open();
});

afterAll(async () => {
  await profile.dispose();
  await server?.dispose();
});

// The gallery counts more than a thousand unread messages.
test.each([
  ['rail', 1_280, 'en'],
  ['rail', 1_280, 'pseudo-rtl'],
  ['tab bar', 390, 'en'],
  ['tab bar', 390, 'pseudo-rtl'],
] as const)('in the %s (%i px, %s) a long count leaves its icon to be seen, and stays inside', async (_, width, locale) => {
  const { page } = device;
  await page.setViewportSize({ width, height: 800 });
  await page.goto(`${server.url}/gallery.html?screen=chats&locale=${locale}`);
  const link = page.locator('nav a[href="#chats"]').filter({ visible: true });
  await link.waitFor();
  const { covered, isInside } = await link.evaluate((node) => {
    const icon = node.querySelector('svg')!.getBoundingClientRect();
    const badge = node.querySelector('.rounded-full')!.getBoundingClientRect();
    const bar = node.closest('nav')!;
    const across = Math.max(0, Math.min(icon.right, badge.right) - Math.max(icon.left, badge.left));
    const down = Math.max(0, Math.min(icon.bottom, badge.bottom) - Math.max(icon.top, badge.top));
    const edge = bar.getBoundingClientRect();
    return {
      covered: (across * down) / (icon.width * icon.height),
      isInside: badge.left >= edge.left && badge.right <= edge.right && bar.scrollWidth <= bar.clientWidth,
    };
  });
  expect(covered).toBeLessThan(0.3);
  expect(isInside).toBe(true);
});
