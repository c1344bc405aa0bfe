/** WebKitGTK over WebDriver: its own driver, a browser of ours around it, and a screen that nobody looks at. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder, Capabilities, Key, type WebDriver, type WebElement } from 'selenium-webdriver';
import { freePort } from '../../e2e/kit/server.ts';
import { until } from '../../e2e/kit/until.ts';
import { type Browser, type Engine, networkIsAway, type Profile, type Tab } from './port.ts';
import { type Family, heard, removeFolder, startFamily } from './processes.ts';
import { seek } from './seek.ts';

export const webkit: Engine = { name: 'WebKitGTK', createProfile };

function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-webkit-'));
  // One each: of two windows on a screen only one has the keyboard.
  const screen = startFamily('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']);
  let family: Family | undefined;
  let quit = async (): Promise<void> => {};

  async function open(): Promise<Browser> {
    const port = await freePort();
    const display = await heard(screen, /^(\d+)\n/m, 'Xvfb to have a screen');
    const env = { DISPLAY: `:${display}`, NO_AT_BRIDGE: '1', GTK_A11Y: 'none', LC_ALL: 'C.UTF-8' };
    const driverOf = startFamily('WebKitWebDriver', [`--port=${port}`], env);
    family = driverOf;
    const server = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (!driverOf.isRunning()) throw new Error(`WebKitWebDriver ended:\n${driverOf.output()}`);
      return (await fetch(`${server}/status`).catch(() => undefined))?.ok === true;
    }, 'WebKitWebDriver to answer');
    const browser = { binary: '/usr/bin/gjs', args: [join(import.meta.dirname, 'webkit-browser.js'), folder] };
    const wanted = new Capabilities({
      browserName: 'WebKitGTK',
      acceptInsecureCerts: true,
      'webkitgtk:browserOptions': browser,
    });
    const driver = await new Builder().usingServer(server).withCapabilities(wanted).disableEnvironmentOverrides().build();
    quit = () => driver.quit();
    const inTurn = oneAtATime();
    return {
      tab: tabOf(driver, await driver.getWindowHandle(), inTurn),
      newTab: () =>
        inTurn(async () => {
          await driver.switchTo().newWindow('tab');
          return tabOf(driver, await driver.getWindowHandle(), inTurn);
        }),
      problems: () =>
        driverOf
          .output()
          .split('\n')
          .filter((line) => isProblem.test(line) && !isKnown.test(line) && !networkIsAway.test(line)),
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
      await screen.kill();
      await removeFolder(folder);
    },
  };
}

const isProblem = /^CONSOLE \w+ ERROR/;
/** WebKitGTK does not know this directive, and says so of every page; it reads sizes of icons in rem only once styles are there. */
const isKnown = /directive 'manifest-src'|Invalid value for <svg> attribute (width|height)="[\d.]+rem"/;

type InTurn = <T>(act: () => Promise<T>) => Promise<T>;

/** A driver has one window in hand: whoever wants another waits for those before. */
function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
}

function tabOf(driver: WebDriver, handle: string, inTurn: InTurn): Tab {
  const here: InTurn = (act) =>
    inTurn(async () => {
      await driver.switchTo().window(handle);
      return act();
    });
  const type = (text: string) => here(async () => (await driver.switchTo().activeElement()).sendKeys(text));
  return {
    goto: (url) => here(() => driver.get(url)),
    reload: () => here(() => driver.navigate().refresh()),
    ask: (question, handed) =>
      here(async () => {
        const said = await driver.executeAsyncScript<Said>(answering(question), handed);
        if ('error' in said) throw new Error(said.error);
        return said.answer as Awaited<ReturnType<typeof question>>;
      }),
    shows: (sought) => here(async () => (await driver.executeScript<WebElement | null>(seek, sought)) !== null),
    click: (sought) =>
      here(async () => {
        const found = await driver.executeScript<WebElement | null>(seek, sought);
        await found?.click();
        return found !== null;
      }),
    type,
    pressEnter: () => type(Key.ENTER),
    close: () => here(() => driver.close()),
  };
}

type Said = { readonly answer: unknown } | { readonly error: string };

const answering = (question: (handed: never) => unknown): string => `
  const [handed, done] = arguments;
  Promise.resolve(handed).then(${question.toString()}).then((answer) => done({ answer }), (error) => done({ error: String(error) }));
`;
