/**
 * A fresh clone starts with every npm that people have: `npm start` installs, builds and answers /health, and a second start
 * does so within three seconds. A short round tries the strictest npm, which runs no install script that is not named.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = dirname(dirname(import.meta.dirname));
const npmMajors = process.env['TIER'] === 'torture' ? [10, 11, 12] : [12];
const restartMsMax = 3000;

let folder = '';
let running: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatter-npm-'));
});

afterEach(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test.each(npmMajors)('npm %i starts a fresh clone', async (major) => {
  const npm = installNpm(major);
  const clone = join(folder, 'clone');
  run('git', ['clone', '--quiet', root, clone]);

  const port = await freePort();
  await start({ npm, clone, port, withinMs: 8 * 60_000 });
  expect(await stop()).toBe(0);

  const startedMs = performance.now();
  await start({ npm, clone, port, withinMs: 60_000 });
  expect(performance.now() - startedMs).toBeLessThan(restartMsMax);
  expect(await stop()).toBe(0);
});

/** npm 12 does not run on Node 20, so the machine's Node is hidden behind the one these tests run on. */
function installNpm(major: number): string {
  const prefix = join(folder, 'npm');
  mkdirSync(prefix);
  run('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--silent', `npm@${major}`]);
  return join(prefix, 'node_modules', '.bin');
}

interface Start {
  readonly npm: string;
  readonly clone: string;
  readonly port: number;
  readonly withinMs: number;
}

async function start({ npm, clone, port, withinMs }: Start): Promise<void> {
  const path = [npm, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const env = { ...cleanEnv(), PATH: path, PORT: String(port), DATA_DIR: join(folder, 'data') };
  const server = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = server;
  let printed = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const deadlineMs = Date.now() + withinMs;
  while (!(await isHealthy(port))) {
    if (server.exitCode !== null || Date.now() > deadlineMs) throw new Error(`npm start came to nothing:\n${printed}`);
    await delay(50);
  }
}

async function stop(): Promise<number | null> {
  const server = running;
  if (!server) return null;
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  return await ended;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).status === 200;
  } catch {
    return false;
  }
}

/** Without what the npm that started these tests told its scripts: the clone's npm is on its own. */
function cleanEnv(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|INIT_CWD$|VITEST)/.test(name));
  return Object.fromEntries(kept);
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { cwd: folder, env: cleanEnv(), encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${done.stderr}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
