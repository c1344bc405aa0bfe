/** Draws the installable icons from the mark, once: `node scripts/icons.ts`. The files it writes are committed. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const publicDir = fileURLToPath(new URL('../public/', import.meta.url));
const mark = await readFile(`${publicDir}favicon.svg`, 'utf8');
const glyph = /<g[\s\S]*<\/g>/u.exec(mark)?.[0] ?? '';

/** A full square for systems that cut their own shape; the glyph stays inside the central 80 % they promise to keep. */
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#007ab8"/><g transform="translate(6.4 6.4) scale(0.8)">${glyph}</g></svg>`;

const icons = [
  { file: 'icon-192.png', svg: mark, size: 192 },
  { file: 'icon-512.png', svg: mark, size: 512 },
  { file: 'maskable-512.png', svg: full, size: 512 },
  { file: 'apple-touch-icon.png', svg: full, size: 180 },
];

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { file, svg, size } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>html,body{margin:0}img{display:block}</style><img src="${source}" width="${size}" height="${size}">`,
  );
  await writeFile(`${publicDir}icons/${file}`, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
