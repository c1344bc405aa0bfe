import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { aMessage, insist } from '../kit/script-client.ts';
import { report } from '../rig/kit/figures.ts';
import { counts } from '../rig/kit/tier.ts';
import { bubble, composer } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const news = counts({ test: 10, torture: 200 });
/** One when a row comes, and one more when it turns out higher than rows are on average; a growing composer takes two of its own. */
const scrollsMax = { news: 3, own: 5 };

let rig: Rig;

beforeAll(async () => {
  rig = await startRig('Open chat');
  const { page } = rig.person;
  await page.addInitScript(watch);
  await page.goto(rig.server.url + rig.path);
  await composer(page).waitFor();
  const before = Array.from({ length: limits.opsPerSyncMax }, (_, n) => aMessage(rig.log, `before ${n + 1}.`));
  await insist(() => rig.friend.send(before));
  // What came before the chat was there is opened at its first message.
  const last = bubble(page, `before ${before.length}.`).first();
  await until(async () => {
    await page.getByRole('log').evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    return (await last.isVisible()) && (await fromFoot(page)) <= 1;
  }, 'the newest to be in view');
});
afterAll(() => rig?.dispose());

/** Of different heights. */
const words = (n: number): string => 'word '.repeat((n % 5) * 12);

test(
  `[LS-3] each of ${news} messages that arrive is scrolled to at most ${scrollsMax.news} times and stays in view, and what is on screen is read at most once a transaction`,
  { timeout: 600_000 },
  async () => {
    const { page } = rig.person;
    await page.evaluate(forget);
    for (let n = 1; n <= news; n++) {
      const text = `news ${n}. ${words(n)}`;
      await rig.hear(text);
      await bubble(page, `news ${n}. `).first().waitFor();
      await until(async () => (await fromFoot(page)) <= 1, `news ${n} to be in view`);
    }
    const { scrolls, reads, writes } = await page.evaluate(seen);
    report('scrolls a message', [scrolls / news], '');
    report('reads in a hundred transactions', [(100 * reads) / writes], '');
    expect(scrolls).toBeLessThanOrEqual(news * scrollsMax.news);
    expect(writes).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(writes);
  },
);

test(
  `each of ${news} messages that are written is scrolled to at most ${scrollsMax.own} times, whatever becomes of it on its way`,
  { timeout: 600_000 },
  async () => {
    const { page } = rig.person;
    await page.evaluate(forget);
    for (let n = 1; n <= news; n++) {
      await composer(page).fill(`own ${n}. ${words(n)}`);
      await page.keyboard.press('Enter');
      await bubble(page, `own ${n}. `).first().waitFor();
      await until(async () => (await fromFoot(page)) <= 1, `own ${n} to be in view`);
    }
    await until(async () => (await rig.arrived()).includes(`own ${news}. ${words(news)}`.trim()), 'all to arrive');
    const { scrolls } = await page.evaluate(seen);
    report('scrolls an own message', [scrolls / news], '');
    expect(scrolls).toBeLessThanOrEqual(news * scrollsMax.own);
  },
);

const fromFoot = (page: Page): Promise<number> =>
  page.getByRole('log').evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);

type Seen = { scrolls: number; reads: number; writes: number };

/** In each document of this page: how often the log is scrolled by the app, and what it asks of its database. */
function watch(): void {
  const seen = { scrolls: 0, reads: 0, writes: 0 };
  Object.assign(globalThis, { seen });
  const count = (element: Element) => {
    if (element.role === 'log') seen.scrolls += 1;
  };
  for (const name of ['scrollTo', 'scrollBy'] as const) {
    const before = Reflect.get(Element.prototype, name) as (options?: ScrollToOptions) => void;
    Element.prototype[name] = function (this: Element, ...args: [ScrollToOptions?]) {
      count(this);
      before.apply(this, args);
    } as Element['scrollTo'];
  }
  const top = Object.getOwnPropertyDescriptor(Element.prototype, 'scrollTop')!;
  Object.defineProperty(Element.prototype, 'scrollTop', {
    ...top,
    set(this: Element, value: number) {
      count(this);
      top.set!.call(this, value);
    },
  });
  const begin = Reflect.get(IDBDatabase.prototype, 'transaction') as IDBDatabase['transaction'];
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const one = begin.apply(this, args);
    if (one.mode === 'readonly') seen.reads += 1;
    else seen.writes += 1;
    return one;
  };
}

const forget = (): void =>
  void Object.assign((globalThis as unknown as { seen: Seen }).seen, { scrolls: 0, reads: 0, writes: 0 });
const seen = (): Seen => (globalThis as unknown as { seen: Seen }).seen;
