/** Draws the installable icons from the mark, once: `node scripts/icons.ts`. The files it writes are committed. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const publicDir = fileURLToPath(new URL('../public/', import.meta.url));
const mark = await readFile(`${publicDir}favicon.svg`, 'utf8');
const glyph = /<g[\s\S]*<\/g>/u.exec(mark)?.[0] ?? '';

/** A full square for systems that cut their own shape; the glyph stays inside the central 80 % they promise to keep. */
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#007ab8"/><g transform="translate(6.4 6.4) scale(0.8)">${glyph}</g></svg>`;

/** The system paints it in a colour of its own: only its shape counts. */
const shape = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${glyph}</svg>`;

/** Lucide's message-square-plus and users, on the app's own ground. */
const shortcut = (paths: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="32" fill="#007ab8"/><g transform="translate(16 16) scale(1.3333)" fill="none" stroke="#fff" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">${paths}</g></svg>`;
const newChat = shortcut(
  '<path d="M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z"/><path d="M12 8v6"/><path d="M9 11h6"/>',
);
const newGroup = shortcut(
  '<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><circle cx="9" cy="7" r="4"/><path d="M22 21v-2a4 4 0 0 0-3-3.87"/><path d="M16 3.13a4 4 0 0 1 0 7.75"/>',
);

const icons = [
  { file: 'icon-192.png', svg: mark, size: 192 },
  { file: 'icon-512.png', svg: mark, size: 512 },
  { file: 'maskable-512.png', svg: full, size: 512 },
  { file: 'apple-touch-icon.png', svg: full, size: 180 },
  { file: 'monochrome-96.png', svg: shape, size: 96 },
  { file: 'shortcut-chat-96.png', svg: newChat, size: 96 },
  { file: 'shortcut-group-96.png', svg: newGroup, size: 96 },
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
