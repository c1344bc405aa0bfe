/** Draws the pictures that a system shows before it installs the app, from the built gallery, once: `node scripts/install-pictures.ts`. The files are committed. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startServer } from '../tests/e2e/kit/server.ts';
import { root } from './root.ts';
import { chromiumPath } from './tools.ts';

const folder = join(root, 'public', 'screenshots');
const pictures = [
  { file: 'wide.png', width: 1280, height: 800, scale: 1 },
  { file: 'narrow.png', width: 390, height: 844, scale: 2 },
];

mkdirSync(folder, { recursive: true });
const server = await startServer();
const executablePath = chromiumPath();
const browser = await chromium.launch({
  ...(executablePath !== undefined && { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { file, width, height, scale } of pictures) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  await page.goto(`${server.url}/gallery.html?screen=chat`);
  await page.locator('[role=log]').waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(folder, file), animations: 'disabled' });
  await page.close();
}
await browser.close();
await server.dispose();
