/**
 * Pictures of every live screen, phone and desktop, light and dark, into screenshots/live: for looking. Runs a server of its
 * own over data that `npm run seed` made in DATA_DIR (default ./data, copied first), and signs in as one of those people.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { createProfile } from '../tests/e2e/kit/browser.ts';
import { signIn } from '../tests/e2e/kit/person.ts';
import { startServer } from '../tests/e2e/kit/server.ts';
import { until } from '../tests/e2e/kit/until.ts';
import { root } from './root.ts';
import { people } from './seed-content.ts';

const out = join(root, 'screenshots', 'live');
const windows = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const schemes = ['light', 'dark'] as const;

mkdirSync(out, { recursive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'chatter-screens-'));
cpSync(resolve(process.env['DATA_DIR'] ?? './data'), dataDir, { recursive: true });
const server = await startServer({ env: { DATA_DIR: dataDir } });
const profile = createProfile();
const { page } = await profile.open();

await page.goto(`${server.url}/`);
await page.getByLabel('Phone number').waitFor();
await everyLook(page, 'login');
await signIn(server, page, people.mira);
await page.getByRole('list', { name: 'Chats' }).getByText('Harbour crew').waitFor();
const group = await hrefOf(page, 'Harbour crew');
const arabic = await hrefOf(page, people.khalid.name);
const stranger = await hrefOf(page, 'Maximiliane');
await page.goto(`${server.url}/people`);
const person = await page
  .getByRole('link', { name: /Anna Kowalska/ })
  .first()
  .getAttribute('href');

const views: Record<string, string> = {
  chats: '/chats',
  group,
  'group-details': `${group}/details`,
  arabic,
  stranger,
  new: '/new',
  'new-group': '/new/group',
  people: '/people',
  'people-add': '/people/add',
  person: person ?? '/people',
  outbox: '/outbox',
  settings: '/settings',
  profile: '/settings/profile',
  devices: '/settings/devices',
  about: '/settings/about',
  debug: '/debug',
  unknown: '/nowhere',
};
for (const [name, path] of Object.entries(views)) {
  await page.goto(`${server.url}${path}`);
  await page.locator('#root h1, #root h2').first().waitFor();
  await everyLook(page, name);
}
await server.kill();
await page.goto(`${server.url}${group}`);
await page
  .getByRole('textbox', { name: /^Message / })
  .fill('Brilliant. I’ll close the ticket and write the note for the weekly.');
await page.keyboard.press('Enter');
await page.getByText(/No connection|Offline\./).waitFor();
await everyLook(page, 'group-offline');
await page.goto(`${server.url}/outbox`);
await page.getByText(/No connection|Offline\./).waitFor();
await everyLook(page, 'outbox-offline');
await page.goto(`${server.url}/settings/devices`);
await everyLook(page, 'devices-offline');

await profile.dispose();
await server.dispose();
rmSync(dataDir, { recursive: true, force: true });
process.stdout.write(`Pictures are in ${out}\n`);

async function hrefOf(from: Page, title: string): Promise<string> {
  return (
    (await from.getByRole('list', { name: 'Chats' }).getByRole('link').filter({ hasText: title }).first().getAttribute('href')) ??
    '/chats'
  );
}

async function everyLook(on: Page, name: string): Promise<void> {
  for (const [kind, size] of Object.entries(windows)) {
    await on.setViewportSize(size);
    for (const scheme of schemes) {
      await on.emulateMedia({ colorScheme: scheme });
      await until(
        () => on.evaluate(() => document.fonts.status === 'loaded' && !document.querySelector('.late')),
        'the screen to settle',
        5_000,
      ).catch(() => undefined);
      await on.screenshot({ path: join(out, `${kind}-${name}-${scheme}.png`), animations: 'disabled' });
    }
  }
}
