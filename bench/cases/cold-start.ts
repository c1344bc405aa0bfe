import type { Page } from 'playwright-core';
import { until } from '../../tests/e2e/kit/until.ts';
import { type AwayDevice } from '../kit/away-device.ts';
import { type BarePage, startBarePage } from '../kit/bare-page.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { fullDevice, heldMessages } from '../kit/full-device.ts';
import { notePaints, paintedAt } from '../kit/screen.ts';
import { bulkPut } from './catch-up-in-browser.ts';

/** The browser is started anew while the server is dead: from the address to the last conversation on screen. */
export async function coldStart(): Promise<readonly Figure[]> {
  const device = await fullDevice();
  const bare = await startBarePage();
  await keep(device, bare);
  await device.stopServer();
  await bare.stop();
  const { log } = device.account().chats[0]!;
  const conversation = `${device.url}/c/${log.slice(2)}`;
  const app: number[] = [];
  const limit: number[] = [];
  await repeat(async () => {
    app.push(await opened(device, conversation, (page) => paintedAt(page, 'messages')));
    limit.push(await opened(device, `${bare.url}/list`, shownAt));
  }, 7);
  const limitMs = median(limit);
  return [
    figure('to the last conversation', 'ms', app),
    figure('bare Dexie page', 'ms', limit),
    figure(
      'of the bare page',
      '×',
      app.map((ms) => ms / limitMs),
    ),
  ];
}

/** Both are in the cache of their workers, and the bare page holds as many rows. */
async function keep({ browser, url }: AwayDevice, { url: bareUrl }: BarePage): Promise<void> {
  const page = await browser.newPage();
  await page.goto(bareUrl);
  await until(() => page.evaluate(() => (globalThis as unknown as { isKept?: boolean }).isKept), 'the bare page to be kept');
  await bulkPut(page, 0, heldMessages);
  await page.goto(url);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.close();
}

async function opened(device: AwayDevice, address: string, painted: (page: Page) => Promise<number>): Promise<number> {
  const { profile } = device.browser;
  await profile.close();
  device.browser = { ...(await profile.open()), profile };
  const { page } = device.browser;
  await notePaints(page, { messages: '[role=log] .message-text' });
  await page.goto(address);
  return painted(page);
}

const shownAt = (page: Page): Promise<number> =>
  until(() => page.evaluate(() => (globalThis as unknown as { shownMs?: number }).shownMs), 'the bare list');
