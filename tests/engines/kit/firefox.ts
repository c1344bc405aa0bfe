/** Firefox over WebDriver BiDi, which it speaks itself: no geckodriver between. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type ElementHandle, type Page } from 'puppeteer-core';
import { firefoxPath } from '../../../scripts/tools.ts';
import { type Browser, type Engine, networkIsAway, type Profile, type Tab } from './port.ts';
import { type Family, heard, removeFolder, startFamily } from './processes.ts';
import { seek } from './seek.ts';

/** A browser that minds its own business: no update, no telemetry, no welcome, no tabs of last time. */
const preferences: Readonly<Record<string, boolean | number | string>> = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'intl.accept_languages': 'en-GB',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
  'toolkit.startup.max_resumed_crashes': -1,
};

export const firefox: Engine = { name: 'Firefox ESR', createProfile };

function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-firefox-'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(folder, 'user.js'), lines.join(''));
  let family: Family | undefined;
  let quit = async (): Promise<void> => {};

  async function open(): Promise<Browser> {
    const executable = firefoxPath();
    if (executable === undefined) throw new Error('There is no Firefox on this machine.');
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--width=1280', '--height=800', '--profile', folder];
    family = startFamily(executable, [...args, 'about:blank'], {
      MOZ_CRASHREPORTER_DISABLE: '1',
    });
    const endpoint = await heard(family, /WebDriver BiDi listening on (ws:\S+)\n/, 'Firefox to listen');
    const browser = await puppeteer.connect({
      browserWSEndpoint: `${endpoint}/session`,
      protocol: 'webDriverBiDi',
      acceptInsecureCerts: true,
      defaultViewport: null,
    });
    quit = () => browser.close();
    const problems: string[] = [];
    const [page = await browser.newPage()] = await browser.pages();
    const watched = (one: Page): Tab => {
      const leaving = { is: false };
      collect(one, problems, leaving);
      return tabOf(one, leaving);
    };
    return {
      tab: watched(page),
      newTab: async () => watched(await browser.newPage()),
      problems: () => problems,
    };
  }
  return {
    open,
    kill: async () => family?.kill(),
    close: async () => {
      await quit();
      await family?.kill();
    },
    dispose: async () => {
      await family?.kill();
      await removeFolder(folder);
    },
  };
}

type Leaving = { is: boolean };

function tabOf(page: Page, leaving: Leaving): Tab {
  const leave = async (to: () => Promise<unknown>): Promise<void> => {
    leaving.is = true;
    try {
      await to();
    } finally {
      leaving.is = false;
    }
  };
  return {
    goto: (url) => leave(() => page.goto(url, { waitUntil: 'domcontentloaded' })),
    reload: () => leave(() => page.reload({ waitUntil: 'domcontentloaded' })),
    ask: async (question, handed) =>
      (await page.evaluate(question as (handed: unknown) => unknown, handed)) as Awaited<ReturnType<typeof question>>,
    shows: async (sought) => (await page.evaluateHandle(seek, sought)).asElement() !== null,
    click: async (sought) => {
      const found = (await page.evaluateHandle(seek, sought)).asElement() as ElementHandle<Element> | null;
      if (!found) return false;
      await page.bringToFront();
      await found.click();
      return true;
    },
    type: (text) => page.keyboard.type(text),
    pressEnter: () => page.keyboard.press('Enter'),
    close: () => leave(() => page.close()),
  };
}

/** Firefox calls it an error when a page is left whose files are still on their way: 0x804B0002 is NS_BINDING_ABORTED. */
const isGivenUp = /A ServiceWorker intercepted the request|download failed.*status=2152398850/;

function collect(page: Page, problems: string[], leaving: Leaving): void {
  const isExpected = (problem: string): boolean =>
    networkIsAway.test(problem) || (leaving.is && isGivenUp.test(problem) && problem.includes('/assets/'));
  const add = (problem: string) => void (isExpected(problem) || problems.push(problem));
  page.on('pageerror', (error) => add(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  page.on('console', (message) => {
    if (message.type() === 'error') add(`console error: ${message.text()}`);
  });
}
