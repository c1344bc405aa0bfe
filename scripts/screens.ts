/**
 * Pictures of the gallery's screens and shelves: `node scripts/screens.ts [name ...] [--wide] [--narrow] [--light] [--dark] [--rtl] [--big] [--small]`.
 * Builds the gallery as it is shipped and serves it under the strict policy, so a blocked style shows up here first.
 * Without flags: every screen, phone and desktop, light and dark, into screenshots/ (ignored by git).
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = `${root}.cache/gallery`;
const picturesDir = `${root}screenshots`;
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const screens = [
  'sign-in',
  'code',
  'first-run',
  'chats',
  'chat',
  'rough',
  'stranger',
  'details',
  'outbox',
  'people',
  'new-group',
  'settings',
  'profile',
  'number',
  'pin',
  'pin-set',
  'pin-offline',
  'notifications',
  'notifications-on',
  'notifications-blocked',
  'notifications-none',
  'install',
  'install-offered',
  'install-by-hand',
  'installed',
  'storage',
  'storage-memory',
  'devices',
  'devices-offline',
  'link-device',
  'security',
  'security-none',
  'about',
];
const sections = [
  'buttons',
  'fields',
  'choices',
  'overlays',
  'conversations',
  'people',
  'banners',
  'outbox',
  'nothing',
  'messages',
  'markers',
  'composers',
];

const args = process.argv.slice(2);
const flag = (name: string) => args.includes(`--${name}`);
const names = args.filter((arg) => !arg.startsWith('--'));

type Shot = {
  readonly name: string;
  readonly query: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly isWhole: boolean;
};

function shots(): readonly Shot[] {
  const isAsked = (kind: string, name: string) => names.length === 0 || names.includes(name) || names.includes(`${kind}:${name}`);
  const widths = [
    ...(flag('narrow') || !flag('wide')
      ? [{ label: flag('small') ? 'small' : 'phone', width: flag('small') ? 320 : 390, height: 844 }]
      : []),
    ...(flag('wide') || !flag('narrow') ? [{ label: 'desktop', width: 1280, height: 800 }] : []),
  ];
  const themes = (['light', 'dark'] as const).filter((theme) => flag(theme) || (!flag('light') && !flag('dark')));
  const extra = `${flag('rtl') ? '&locale=pseudo-rtl' : '&locale=en'}${flag('big') ? '&text=200' : ''}`;
  const suffix = `${flag('rtl') ? '-rtl' : ''}${flag('big') ? '-big' : ''}`;
  return widths.flatMap(({ label, width, height }) =>
    themes.flatMap((theme) => [
      ...screens
        .filter((name) => isAsked('screen', name))
        .map((name) => ({
          name: `${name}-${label}-${theme}${suffix}`,
          query: `screen=${name}${extra}`,
          width,
          height,
          theme,
          isWhole: false,
        })),
      ...sections
        .filter((name) => isAsked('section', name))
        .map((name) => ({
          name: `section-${name}-${label}-${theme}${suffix}`,
          query: `section=${name}${extra}`,
          width,
          height,
          theme,
          isWhole: true,
        })),
    ]),
  );
}

async function picture(browser: Browser, base: string, shot: Shot): Promise<readonly string[]> {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: shot.height },
    colorScheme: shot.theme,
    locale: 'en-GB',
    deviceScaleFactor: shot.width < 500 ? 2 : 1,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${shot.name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${shot.name}: ${error.message}`));
  await page.goto(`${base}gallery.html?${shot.query}`);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(350);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (overflow > 0) complaints.push(`${shot.name}: wider than the window by ${overflow} px`);
  await page.screenshot({ path: `${picturesDir}/${shot.name}.png`, fullPage: shot.isWhole });
  await context.close();
  return complaints;
}

await mkdir(picturesDir, { recursive: true });
if (!flag('built')) {
  const configFile = `${root}app/vite.gallery.config.ts`;
  await build({ configFile, logLevel: 'warn', build: { outDir, copyPublicDir: true, emptyOutDir: true } });
}
const server = await preview({
  configFile: `${root}app/vite.gallery.config.ts`,
  logLevel: 'warn',
  build: { outDir },
  preview: { port: 0, headers: { 'Content-Security-Policy': policy } },
});
const base = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const complaints: string[] = [];
for (const shot of shots()) complaints.push(...(await picture(browser, base, shot)));
await browser.close();
await server.close();
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length > 0 ? 1 : 0);
