/**
 * README.md is run: its blocks marked `sh run-in-order` are one bash session against a server of their own. The session has
 * CHATTER_URL, and stops at the first command that fails. What a block prints is not compared: a block that matters
 * checks itself (`curl --fail`, `grep -q`).
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'chatter-readme-'));
let url = '';
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data') };
  // README tells to start with `npm start | tee chatter.log`.
  const output = join(folder, 'chatter.log');
  const log = openSync(output, 'a');
  const server = spawn(process.execPath, [join(root, 'api', 'main.ts')], { cwd: folder, env, stdio: ['ignore', log, log] });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const deadlineMs = Date.now() + 20_000;
  while (!(await isHealthy())) {
    if (server.exitCode !== null || Date.now() > deadlineMs)
      throw new Error(`The server did not start:\n${readFileSync(output, 'utf8')}`);
    await delay(50);
  }
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

test('what README.md tells to type works', () => {
  const blocks = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'));
  expect(blocks.length, 'README.md has blocks marked ```sh run-in-order').toBeGreaterThan(0);

  const script = ['set -euo pipefail', ...blocks].join('\n');
  const env = { ...process.env, CHATTER_URL: url, HOME: folder };
  const ran = spawnSync('bash', ['-x', '-c', script], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });

  expect(ran.status, `${ran.stdout}\n${ran.stderr}`).toBe(0);
});

test('a block that is not marked is not run', () => {
  expect(blocksOf('```sh\nrm -rf /\n```\n```sh run-in-order\necho a\necho b\n```\n')).toEqual(['echo a\necho b\n']);
});

function blocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh run-in-order[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

async function isHealthy(): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
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
