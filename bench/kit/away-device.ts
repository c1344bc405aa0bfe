/** A browser that is away while much happens, again and again: it comes back to it as a person's would. */
import { until } from '../../tests/e2e/kit/until.ts';
import { type BigAccount, type Size, bigAccount, grow } from './big-account.ts';
import { startChatter } from './process.ts';
import {
  type Browser,
  addressOf,
  isQuiet,
  noteTransactions,
  requestsOf,
  rowsIn,
  signInOnBrowser,
  transactionsOf,
} from './screen.ts';

/** Conversations a device fetches before they are opened. */
const prefetched = 50;

export type Stored = { readonly ms: number; readonly requests: number };

export interface AwayDevice {
  browser: Browser;
  readonly url: string;
  account(): BigAccount;
  /** Nobody is there while this happens; then the browser is opened at `path`. Answers from the first request to the last commit. */
  missed(more: Size, path?: string): Promise<Stored>;
  /** Not awaited until it is stored: for who wants to look on. */
  comeBackTo(more: Size, path: string): Promise<{ stored(): Promise<Stored> }>;
  stopServer(): Promise<void>;
  dispose(): Promise<void>;
}

/** A device that holds something of so many conversations, and so is sent all that happens in them. */
export async function awayDevice(conversations: number): Promise<AwayDevice> {
  let account = await bigAccount({ conversations: prefetched, messages: 2 * prefetched });
  let server = await startChatter(account.dataDir);
  const { port } = server;
  const url = addressOf(server);
  const browser = await signInOnBrowser(server, account.me, noteTransactions);
  await holds(browser, prefetched);

  const device: AwayDevice = {
    browser,
    url,
    account: () => account,
    stopServer: () => server.stop(),
    comeBackTo: async (more, path) => {
      const { page } = device.browser;
      const before = await rowsIn(page, 'messages');
      await page.goto('about:blank');
      await server.stop();
      account = await grow(account, more);
      server = await startChatter(account.dataDir, { port });
      await page.goto(url + path);
      return { stored: () => stored(device.browser, before + more.messages) };
    },
    missed: async (more, path = '/') => (await device.comeBackTo(more, path)).stored(),
    dispose: async () => {
      await device.browser.profile.dispose();
      await server.stop();
      account.remove();
    },
  };
  if (conversations > prefetched) {
    await device.missed({ conversations: conversations - prefetched, messages: 0 });
    await holds(browser, conversations);
  }
  return device;
}

const holds = ({ page }: Browser, conversations: number): Promise<boolean> =>
  until(async () => (await rowsIn(page, 'conversations', 'ranges')) === conversations, 'something of every conversation');

async function stored({ page }: Browser, messages: number): Promise<Stored> {
  const isStored = async () => (await isQuiet(page)) && (await rowsIn(page, 'messages')) >= messages;
  await until(isStored, `${messages} messages to be stored`, 300_000);
  const syncs = (await requestsOf(page)).filter(({ path }) => path === '/api/sync');
  const commits = (await transactionsOf(page)).filter(({ mode, stores }) => mode === 'readwrite' && stores.includes('messages'));
  return { ms: (commits.at(-1)?.endMs ?? NaN) - (syncs[0]?.startMs ?? NaN), requests: syncs.length };
}
