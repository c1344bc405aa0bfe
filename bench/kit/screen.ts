/** What a page says of itself, taken in the page on its own clock: what drives it is not measured. */
import type { Page } from 'playwright-core';
import { signIn } from '../../tests/e2e/kit/person.ts';
import { createProfile, type Device, type Profile } from '../../tests/e2e/kit/browser.ts';
import { until } from '../../tests/e2e/kit/until.ts';
import type { Person } from './in-process.ts';
import type { Measured } from './process.ts';

export type Browser = Device & { readonly profile: Profile };

/** Browsers keep a session over plain http at this name only. */
export const addressOf = ({ port }: Pick<Measured, 'port'>): string => `http://localhost:${port}`;

/** Somebody who signs in on a browser that has never seen them. `prepare` runs before the app is there. */
export async function signInOnBrowser(
  server: Measured,
  me: Person,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<Browser> {
  const profile = createProfile();
  const device = await profile.open();
  await prepare(device.page);
  await device.page.goto(`${addressOf(server)}/`);
  await signIn(server, device.page, me);
  return { ...device, profile };
}

/** From now on, in each document of this page: when something that matches was first painted, in its own milliseconds. */
export async function notePaints(page: Page, selectors: Readonly<Record<string, string>>): Promise<void> {
  await page.addInitScript((wanted) => {
    const painted: Record<string, number> = {};
    Object.assign(globalThis, { painted });
    const look = (): void => {
      for (const [name, selector] of Object.entries(wanted)) {
        if (painted[name] === undefined && document.querySelector(selector)) painted[name] = performance.now();
      }
    };
    new MutationObserver(() => requestAnimationFrame(look)).observe(document, { childList: true, subtree: true });
  }, selectors);
}

export const paintedAt = (page: Page, name: string): Promise<number> =>
  until(
    () =>
      page
        .evaluate((wanted) => (globalThis as unknown as { painted?: Record<string, number> }).painted?.[wanted], name)
        // Between two documents there is nothing to ask.
        .catch(() => undefined),
    `${name} to be painted`,
    60_000,
  );

/** Rows of a table of the app's database; of those only that say something in `field`, if one is named. */
export function rowsIn(page: Page, table: string, field?: string): Promise<number> {
  return page.evaluate(
    async ([name, wanted]) => {
      const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error!);
        });
      const found = (await indexedDB.databases()).find((one) => one.name?.startsWith('chatter-'));
      if (found?.name === undefined) return 0;
      const db = await asPromise(indexedDB.open(found.name));
      const rows = db.objectStoreNames.contains(name!) ? db.transaction(name!).objectStore(name!) : undefined;
      const says = (row: Record<string, unknown>): boolean => {
        const said = row[wanted!];
        return Array.isArray(said) ? said.length > 0 : said !== undefined;
      };
      const count = async (): Promise<number> => {
        if (!rows) return 0;
        return wanted === undefined ? asPromise(rows.count()) : (await asPromise(rows.getAll())).filter(says).length;
      };
      const answer = await count();
      db.close();
      return answer;
    },
    [table, field],
  );
}

/** One finished transaction of the app's database. */
export type Transaction = { readonly mode: string; readonly stores: readonly string[]; readonly endMs: number };

/** From now on, in each document of this page: every transaction, as the browser ends it. */
export async function noteTransactions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ended: Transaction[] = [];
    Object.assign(globalThis, { ended });
    const begin = Reflect.get(IDBDatabase.prototype, 'transaction') as IDBDatabase['transaction'];
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
      const one = begin.apply(this, args);
      const [mode, stores] = [one.mode, [...one.objectStoreNames]];
      one.addEventListener('complete', () => ended.push({ mode, stores, endMs: performance.now() }));
      return one;
    };
  });
}

export const transactionsOf = (page: Page): Promise<readonly Transaction[]> =>
  page.evaluate(() => (globalThis as unknown as { readonly ended: readonly Transaction[] }).ended);

/** For a moment nothing was stored. To count rows sooner would hold up what is. */
export const isQuiet = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const { ended } = globalThis as unknown as { readonly ended: readonly Transaction[] };
    const last = ended.findLast(({ mode }) => mode === 'readwrite');
    return last !== undefined && performance.now() - last.endMs > 300;
  });

export type Request = { readonly path: string; readonly startMs: number; readonly endMs: number; readonly bytes: number };

/** What this document asked of the server, with the bytes of the answers as they are parsed. */
export function requestsOf(page: Page): Promise<readonly Request[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map((entry) => entry as PerformanceResourceTiming)
      .filter(({ name }) => new URL(name).pathname.startsWith('/api/'))
      .map(({ name, startTime, responseEnd, decodedBodySize }) => ({
        path: new URL(name).pathname,
        startMs: startTime,
        endMs: responseEnd,
        bytes: decodedBodySize,
      })),
  );
}
