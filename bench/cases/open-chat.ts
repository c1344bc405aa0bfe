import type { Page } from 'playwright-core';
import { composer } from '../../tests/e2e/kit/person.ts';
import { until } from '../../tests/e2e/kit/until.ts';
import { aMessage, createScriptClient } from '../../tests/kit/script-client.ts';
import type { AwayDevice } from '../kit/away-device.ts';
import { type Figure, figure, percentile } from '../kit/figure.ts';
import { fullDevice } from '../kit/full-device.ts';
import { noteOpenings, noteTyping, openingsOf, typingOf } from '../kit/looking.ts';
import { transactionsOf } from '../kit/screen.ts';

const switches = 100;
const commits = 30;
const keys = 60;
const absences = 3;
const missedMessages = 30_000;
const row = '[role=listitem] a';

/** A person of 100,000 messages opens one chat after another, hears news, and types while a long absence is caught up. */
export async function openChatBench(): Promise<readonly Figure[]> {
  return openChatOn(await fullDevice(), missedMessages);
}

export async function openChatOn(device: AwayDevice, missed: number): Promise<readonly Figure[]> {
  const { page } = device.browser;
  await noteOpenings(page);
  await noteTyping(page);
  await page.goto(device.url);
  await switchChats(device, 3);
  const first = await switchChats(device, switches);
  const heapAfter = await heapMiB(page);
  const second = await switchChats(device, switches);
  const heapLater = await heapMiB(page);
  const reads = await readsACommit(device);
  const typing: (readonly number[])[] = [];
  for (let n = 0; n < absences; n++) typing.push(await typeWhileSyncing(device, missed));
  const p95 = (taken: readonly number[]): number =>
    percentile(
      taken.toSorted((a, b) => a - b),
      0.95,
    );
  return [
    figure('a chat opened', 'ms', [...first, ...second]),
    figure('a chat opened, p95', 'ms', [p95(first), p95(second)]),
    figure('heap after 100 chats', 'MiB', [heapAfter]),
    figure('heap after 100 more', '×', [heapLater / heapAfter]),
    figure('reads a commit', 'transactions', [reads]),
    figure('a key during a sync', 'ms', typing.flat()),
    figure('a key during a sync, p95', 'ms', typing.map(p95)),
  ];
}

/** Clicks the next row of the list each time, wherever it has to scroll to. Answers from the click to the first message painted. */
async function switchChats({ browser: { page } }: AwayDevice, count: number): Promise<readonly number[]> {
  const taken: number[] = [];
  await page.locator(row).first().waitFor();
  for (let n = 0; n < count; n++) {
    const href = await rowAt(page, n / count);
    await page.locator(`${row}[href="${href}"]`).click();
    taken.push(await until(async () => (await openingsOf(page))[n], `${href} to be open`));
  }
  await page.evaluate(() => (globalThis as unknown as { openings: number[] }).openings.splice(0));
  return taken;
}

/** Scrolls the list so far, and answers where the first row leads that is in view and not open. */
const rowAt = (page: Page, share: number): Promise<string> =>
  page.evaluate(
    async ([rows, part]) => {
      const scroller = document.querySelector('[role=list][aria-label=Chats]')!.parentElement!;
      scroller.scrollTop = part * (scroller.scrollHeight - scroller.clientHeight);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      await frame();
      // While a list scrolls, its rows take no clicks.
      while (getComputedStyle(document.querySelector(rows)!).pointerEvents === 'none') await frame();
      const { top } = scroller.getBoundingClientRect();
      const isNext = (link: Element): boolean => link.getBoundingClientRect().top >= top && !link.hasAttribute('aria-current');
      return [...document.querySelectorAll(rows)].find(isNext)!.getAttribute('href')!;
    },
    [row, share] as const,
  );

async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1024 / 1024;
}

/** News one by one, with a chat and the list on screen: how many read transactions follow each that writes messages. */
async function readsACommit(device: AwayDevice): Promise<number> {
  const { page } = device.browser;
  const { log, people } = device.account().chats[1]!;
  const client = createScriptClient({ ...people[1]!, url: device.url });
  const openPath = `/c/${log.slice(2)}`;
  await page.goto(device.url + openPath);
  await page.locator('[role=log] .message-text').first().waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: /connecting/i })
    .waitFor({ state: 'hidden' });
  const before = (await transactionsOf(page)).length;
  for (let n = 0; n < commits; n++) {
    await client.send([aMessage(log, `news ${n}.`)]);
    await page
      .locator('[role=log] .message-text')
      .filter({ hasText: `news ${n}.` })
      .waitFor();
  }
  const since = (await transactionsOf(page)).slice(before);
  const writes = since.filter(({ mode, stores }) => mode === 'readwrite' && stores.includes('messages')).length;
  return since.filter(({ mode }) => mode === 'readonly').length / Math.max(1, writes);
}

async function typeWhileSyncing(device: AwayDevice, messages: number): Promise<readonly number[]> {
  const { page } = device.browser;
  const { log } = device.account().chats[1]!;
  const { stored } = await device.comeBackTo({ conversations: 0, messages }, `/c/${log.slice(2)}`);
  await composer(page).click();
  const before = (await typingOf(page)).length;
  for (let n = 0; n < keys; n++) await page.keyboard.press('a', { delay: 10 });
  await page.locator('body').evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  const typed = (await typingOf(page)).slice(before);
  await stored();
  await composer(page).fill('');
  return typed;
}
