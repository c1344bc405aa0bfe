import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/root.ts';
import { createProfile, type Device } from './kit/browser.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

type Icon = { readonly src: string; readonly sizes: string; readonly type?: string; readonly purpose?: string };
type Picture = Icon & { readonly form_factor: string; readonly label: string };
type Manifest = Readonly<Record<string, unknown>> & {
  readonly icons: readonly Icon[];
  readonly screenshots: readonly Picture[];
  readonly shortcuts: readonly { readonly name: string; readonly url: string; readonly icons: readonly Icon[] }[];
};

let server: TestServer;
let device: Device;
let page: Page;
let system: CDPSession;
let manifest: Manifest;
let offers = 0;
const requested = new Set<string>();
const profile = createProfile();

beforeAll(async () => {
  server = await startServer();
  device = await profile.open();
  ({ page } = device);
  device.context.on('request', (request) => requested.add(new URL(request.url()).origin));
  await page.exposeFunction('offered', () => void offers++);
  await page.addInitScript(() =>
    addEventListener('beforeinstallprompt', () => (globalThis as unknown as { offered(): void }).offered()),
  );
  system = await device.context.newCDPSession(page);
  await page.goto(`${server.url}/`);
  await page.getByLabel('Phone number').waitFor();
  manifest = (await (await fetch(`${server.url}/manifest.webmanifest`)).json()) as Manifest;
});

afterAll(async () => {
  await profile.dispose();
  await server?.dispose();
});

type Parsed = { readonly errors: readonly unknown[] };
type Seen = {
  readonly size: string;
  /** Pixels that are not the background and lie outside the central 80 %, where a system may cut. */
  readonly outsideTheSafeCircle: number;
  readonly alphas: readonly number[];
};

/** What the browser sees in a picture; judged there, because a picture has millions of numbers. */
const look = (src: string): Promise<Seen> =>
  page.evaluate(async (url) => {
    const image = await createImageBitmap(await (await fetch(url)).blob());
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const alphas = new Set<number>();
    let outsideTheSafeCircle = 0;
    for (let i = 0; i < data.length; i += 4) {
      alphas.add(data[i + 3]!);
      const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
      const isOutside = Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2) > 0.4 * width;
      const isBackground = [0, 1, 2].every((c) => Math.abs(data[i + c]! - data[c]!) <= 8);
      if (isOutside && !isBackground) outsideTheSafeCircle++;
    }
    return { size: `${width}x${height}`, outsideTheSafeCircle, alphas: [...alphas] };
  }, src);

const every = (): readonly Icon[] => [
  ...manifest.icons,
  ...manifest.screenshots,
  ...manifest.shortcuts.flatMap(({ icons }) => icons),
];
const meta = (name: string) =>
  page
    .locator(`meta[name="${name}"]`)
    .evaluateAll((nodes) => (nodes as HTMLMetaElement[]).map(({ media, content }) => `${media} ${content}`));

const facts: Readonly<Record<string, () => Promise<void> | void>> = {
  'P1 the page links a manifest of the right type, in which the browser finds no error': async () => {
    const link = await page.locator('link[rel=manifest]').getAttribute('href');
    const answer = await fetch(new URL(link ?? '', server.url));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/manifest+json');
    expect(((await system.send('Page.getAppManifest')) as Parsed).errors).toEqual([]);
  },
  'P2 nothing stands in the way of installing, and the browser offers it': async () => {
    const { installabilityErrors } = (await system.send('Page.getInstallabilityErrors')) as { installabilityErrors: unknown[] };
    expect(installabilityErrors).toEqual([]);
    expect(await until(() => offers > 0, 'the offer')).toBe(true);
  },
  'P3 the identity is stable, and the start is inside the scope and told apart': async () => {
    const { appId } = (await system.send('Page.getAppId')) as { appId: string };
    expect(appId).toBe(`${server.url}/`);
    expect(manifest).toMatchObject({ id: '/', scope: '/', start_url: '/?source=pwa' });
  },
  'P4 it has names that fit, words, a language and categories': () => {
    expect(String(manifest['name']).length).toBeLessThanOrEqual(45);
    expect(String(manifest['short_name']).length).toBeLessThanOrEqual(12);
    expect(manifest).toMatchObject({ lang: 'en', dir: 'ltr', categories: expect.arrayContaining(['communication']) as string[] });
    expect(String(manifest['description'])).not.toBe('');
  },
  'P5 it opens in a window of its own, and asks for no window that the style sheets do not know': () => {
    expect(manifest['display']).toBe('standalone');
    expect(manifest).not.toHaveProperty('display_override');
  },
  'P6 every icon is there in the size it says, each purpose has a file of its own, and the mark is inside the safe circle':
    async () => {
      for (const { src, sizes } of every()) expect((await look(src)).size, src).toBe(sizes);
      expect(manifest.icons.map(({ sizes, purpose }) => `${purpose} ${sizes}`)).toEqual([
        'any 192x192',
        'any 512x512',
        'maskable 512x512',
        'monochrome 96x96',
      ]);
      const maskable = manifest.icons.find(({ purpose }) => purpose === 'maskable')!;
      expect((await look(maskable.src)).outsideTheSafeCircle).toBe(0);
      const monochrome = manifest.icons.find(({ purpose }) => purpose === 'monochrome')!;
      const { alphas } = await look(monochrome.src);
      expect(alphas).toContain(0);
      expect(alphas).toContain(255);
    },
  'P7 there is a picture of each form, in proportions that stores take': () => {
    expect(manifest.screenshots.map(({ form_factor }) => form_factor).toSorted()).toEqual(['narrow', 'wide']);
    for (const { sizes, label } of manifest.screenshots) {
      const [width = 0, height = 0] = sizes.split('x').map(Number);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(320);
      expect(Math.max(width, height)).toBeLessThanOrEqual(3840);
      expect(Math.max(width, height) / Math.min(width, height)).toBeLessThanOrEqual(2.3);
      expect(label).not.toBe('');
    }
  },
  'P8 shortcuts lead to pages of the app': async () => {
    expect(manifest.shortcuts.map(({ name }) => name)).toEqual(['New chat', 'New group']);
    for (const { url, icons } of manifest.shortcuts) {
      expect((await fetch(`${server.url}${url}`, { headers: { accept: 'text/html' } })).status).toBe(200);
      expect(icons.map(({ sizes }) => sizes)).toEqual(['96x96']);
    }
  },
  'P12 a second start goes to the window there is': () => {
    expect(manifest).toMatchObject({ launch_handler: { client_mode: ['navigate-existing', 'auto'] } });
  },
  'P13 the bar above the app follows the theme, of the system and as chosen': async () => {
    expect(manifest).toMatchObject({ theme_color: '#ffffff', background_color: '#ffffff' });
    expect(await meta('theme-color')).toEqual(['(prefers-color-scheme: light) #ffffff', '(prefers-color-scheme: dark) #14191e']);
    await page.evaluate(() => localStorage.setItem('chatter.theme', 'dark'));
    await page.reload();
    await page.getByLabel('Phone number').waitFor();
    expect((await meta('theme-color')).map((one) => one.slice(-7))).toEqual(['#14191e', '#14191e']);
    await page.evaluate(() => localStorage.removeItem('chatter.theme'));
  },
  'P14 no app of a store is preferred': () => expect(manifest).toMatchObject({ prefer_related_applications: false }),
  'P15 it may be held either way': () => expect(manifest).toMatchObject({ orientation: 'any' }),
  'P16 links of its own open in it, and it claims no other origin': () => {
    expect(manifest).toMatchObject({ handle_links: 'preferred' });
    expect(manifest).not.toHaveProperty('scope_extensions');
  },
  'P58 on an iPhone it has an icon without holes, in the one size that is asked for, a name that fits and a bar of its own':
    async () => {
      const icons = await page
        .locator('link[rel=apple-touch-icon]')
        .evaluateAll((nodes) => nodes.map((node) => (node as HTMLLinkElement).href));
      expect(icons).toHaveLength(1);
      // What shows through is black there.
      expect(await look(icons[0]!)).toMatchObject({ size: '180x180', alphas: [255] });
      const [title] = await meta('apple-mobile-web-app-title');
      expect(title).toBe(` ${String(manifest['short_name'])}`);
      expect(await meta('apple-mobile-web-app-status-bar-style')).toEqual([' default']);
      expect(await meta('mobile-web-app-capable')).toEqual([' yes']);
    },
  'P17 the shell asks nobody but its own server': () => expect([...requested]).toEqual([server.url]),
  'P18 the policy lets in no inline script and no other manifest or worker': async () => {
    const { headers } = await fetch(server.url, { headers: { accept: 'text/html' } });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("manifest-src 'self'");
    expect(policy).toContain("worker-src 'self'");
    expect(policy).not.toContain('unsafe-');
  },
};

test.each(Object.entries(facts))('%s', async (_, holds) => {
  expect.hasAssertions();
  await holds();
});

test('the manifest that is served is the one that is written', () => {
  const built = JSON.parse(readFileSync(join(root, 'dist', 'app', 'manifest.webmanifest'), 'utf8')) as unknown;
  expect(manifest).toEqual(built);
});
