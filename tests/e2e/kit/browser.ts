import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumPath } from '../../../scripts/tools.ts';
import { until } from './until.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--remote-debugging-port=0',
  '--lang=en-GB',
  '--window-size=1280,800',
];

export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Uncaught errors, and errors and warnings in the console, since it was opened, but for those of a network that is not there. */
  readonly problems: readonly string[];
  newPage(): Promise<Page>;
}

export interface Profile {
  /** Opens the browser over this profile, as a person would open it again. */
  open(): Promise<Device>;
  /** SIGSTOP to every process of it, as when the lid is closed; `wake` lets them go on. */
  sleep(): void;
  wake(): void;
  /** SIGKILL to every process of it. */
  kill(): Promise<void>;
  /** Closes it the polite way. */
  close(): Promise<void>;
  dispose(): Promise<void>;
}

/** A browser of its own with a disk of its own: one device. Started by us and not by the driver, so that it can be killed. */
export function createProfile(besides: readonly string[] = []): Profile {
  const directory = mkdtempSync(join(tmpdir(), 'chatter-profile-'));
  let running: { readonly pid: number; readonly ended: Promise<unknown>; readonly quit: () => Promise<void> } | undefined;

  async function open(): Promise<Device> {
    const executable = chromiumPath();
    if (executable === undefined) throw new Error('There is no Chromium on this machine.');
    rmSync(join(directory, 'DevToolsActivePort'), { force: true });
    const child = spawn(executable, [...flags, ...besides, `--user-data-dir=${directory}`, 'about:blank'], {
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const [port, path] = await until(() => readPort(directory), 'Chromium to listen');
    const browser = await chromium.connectOverCDP(`ws://127.0.0.1:${port}${path}`);
    running = {
      pid: child.pid!,
      ended,
      quit: async () => void (await (await browser.newBrowserCDPSession()).send('Browser.close')),
    };
    const context = browser.contexts()[0]!;
    const problems: string[] = [];
    await context.addInitScript(reportBlocked);
    context.on('page', (page) => collect(page, problems));
    for (const page of context.pages()) collect(page, problems);
    const page = context.pages()[0] ?? (await context.newPage());
    return { context, page, problems, newPage: () => context.newPage() };
  }
  async function end(how: 'kill' | 'close'): Promise<void> {
    if (!running) return;
    const { pid, ended, quit } = running;
    running = undefined;
    if (how === 'close') await quit();
    else signalGroup(pid, 'SIGKILL');
    await ended;
  }
  return {
    open,
    sleep: () => running && signalGroup(running.pid, 'SIGSTOP'),
    wake: () => running && signalGroup(running.pid, 'SIGCONT'),
    kill: () => end('kill'),
    close: () => end('close'),
    dispose: async () => {
      await end('kill');
      await until(() => removed(directory), 'the profile to be removed');
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Chromium's helpers may still write for a moment after the first process has gone. */
function removed(directory: string): boolean {
  try {
    rmSync(directory, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function readPort(directory: string): [string, string] | undefined {
  try {
    const [port, path] = readFileSync(join(directory, 'DevToolsActivePort'), 'utf8').trim().split('\n');
    return port && path ? [port, path] : undefined;
  } catch {
    return undefined;
  }
}

const networkIsAway =
  /Failed to load resource|icon from the Manifest: \S+ \(Download error|net::ERR_|WebSocket connection to|ERR_CONNECTION_REFUSED|Failed to update a ServiceWorker/;

/** Runs in the page. What its policy blocked is a script, a style or a connection that should not have been there. */
function reportBlocked(): void {
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`securitypolicyviolation: ${violatedDirective} ${blockedURI}`),
  );
}

function collect(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !networkIsAway.test(message.text()))
      problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('crash', () => problems.push('the page crashed'));
}
