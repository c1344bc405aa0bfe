import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { root } from '../../../scripts/root.ts';
import { expectNoLeaks } from '../../kit/leaks.ts';
import { until } from './until.ts';

export interface TestServer {
  readonly url: string;
  /** The last code that was sent to a number: the console gateway prints it where the server was started. */
  codeFor(phone: string): Promise<string>;
  /** As a power cut would: no goodbye, no flush. */
  kill(): Promise<void>;
  /** The same data, the same address. */
  start(): Promise<void>;
  /** Copies the data of a server that does not run, as the deployment guide says. */
  backUp(): void;
  /** Puts that copy in the place of the data; under another store epoch when one is given. */
  restore(renewed?: { readonly storeEpoch: string }): void;
  /** Ends it and throws its data away. */
  dispose(): Promise<void>;
  readonly output: () => string;
}

export type ServerOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Other app files than the built ones. */
  readonly site?: string;
};

export async function startServer({ env = {}, site }: ServerOptions = {}): Promise<TestServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'chatter-e2e-'));
  const dataDir = join(folder, 'data');
  const backup = join(folder, 'backup');
  mkdirSync(dataDir);
  const url = `${env['TLS_KEY_PATH'] === undefined ? 'http' : 'https'}://localhost:${port}`;
  let child: ChildProcess | undefined;
  let output = '';
  // Codes are printed for the operator; the log is what goes to stderr.
  let logged = '';

  async function start(): Promise<void> {
    const running = spawn(process.execPath, [site === undefined ? 'api/main.ts' : 'tests/e2e/kit/site-server.ts'], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'development',
        PORT: String(port),
        DATA_DIR: dataDir,
        ...(site !== undefined && { SITE: site }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    running.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()));
    for (const stream of [running.stdout, running.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(async () => {
      if (running.exitCode !== null) throw new Error(`The server ended:\n${output}`);
      return (await fetch(`${url}/health`).catch(() => undefined))?.ok === true;
    }, 'the server to answer');
  }
  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill('SIGKILL');
    await ended;
  }
  await start();
  return {
    url,
    start,
    kill,
    output: () => output,
    backUp: () => replace(backup, dataDir),
    restore: (renewed) => {
      replace(dataDir, backup);
      if (renewed) renewStoreEpoch(join(dataDir, 'chatter.db'), renewed.storeEpoch);
    },
    codeFor: (phone) => until(() => lastCode(output, phone), `a code for ${phone}`),
    dispose: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
      expectNoLeaks(logged);
    },
  };
}

function replace(folder: string, by: string): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(by, folder, { recursive: true });
}

function renewStoreEpoch(file: string, storeEpoch: string): void {
  const db = new DatabaseSync(file);
  db.prepare("UPDATE meta SET value = ? WHERE key = 'storeEpoch'").run(storeEpoch);
  db.close();
}

function lastCode(output: string, phone: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.includes(`Code for ${phone}:`));
  return /: (\d{3}) (\d{3})/
    .exec(lines.at(-1) ?? '')
    ?.slice(1, 3)
    .join('');
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
