import type { Page } from 'playwright-core';
import { awayDevice } from '../kit/away-device.ts';
import { aRow, startBarePage } from '../kit/bare-page.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';

const conversations = 100;
const messages = 10_000;

/** The same catch-up as the thin client's, stored: by the app, and as bare rows by Dexie in the same browser. */
export async function catchUpInBrowser(): Promise<readonly Figure[]> {
  const device = await awayDevice(conversations);
  const bare = await startBarePage();
  try {
    await device.missed({ conversations: 0, messages: 1_000 });
    const taken = await repeat(() => device.missed({ conversations: 0, messages }));
    const page = await device.browser.newPage();
    await page.goto(bare.url);
    const limit = await repeat((run) => bulkPut(page, run * messages));
    const limitMs = median(limit);
    return [
      figure(
        '10,000 messages stored',
        'ms',
        taken.map(({ ms }) => ms),
      ),
      figure(
        'requests',
        'requests',
        taken.map(({ requests }) => requests),
      ),
      figure('bare Dexie, 1,000 a transaction', 'ms', limit),
      figure(
        'of bare Dexie',
        '×',
        taken.map(({ ms }) => ms / limitMs),
      ),
    ];
  } finally {
    await device.dispose();
    await bare.stop();
  }
}

export const bulkPut = (page: Page, from: number, count = messages): Promise<number> =>
  page.evaluate(
    ([row, options]) => (globalThis as unknown as { fill(row: unknown, options: unknown): Promise<number> }).fill(row, options),
    [aRow, { from, to: from + count, conversations, atOnce: 1_000 }] as const,
  );
