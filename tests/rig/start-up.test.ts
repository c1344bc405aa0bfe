import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../e2e/kit/server.ts';
import { type Exit, type Starting, aDataDir, runServerProcess, startServerProcess } from '../kit/processes.ts';
import { mountTmpfs } from './kit/disk.ts';
import { isRoot } from './kit/tier.ts';

/** A server that cannot start says why in a line or two, to people: no stack, no welcome. */
function saysWhy({ code, output }: Exit): string {
  expect(output).not.toMatch(/^\s+at /m);
  expect(output).not.toContain('Chatter is running');
  expect(code).toBeGreaterThan(0);
  return output;
}

function aFolder(): string {
  const { path, remove } = aDataDir();
  onTestFinished(remove);
  return path;
}

async function aServer(starting: Starting & { readonly dataDir: string }) {
  const server = await startServerProcess(starting);
  onTestFinished(() => void server.kill());
  return server;
}

test('a port that is taken is named, and the server ends', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const exit = await runServerProcess({ port, dataDir: aFolder() });
  expect(saysWhy(exit)).toContain(`Port ${port} is taken`);
  expect(exit.code).toBe(1);
});

test('a file in the place of the data folder is named, and left as it is', async () => {
  const path = join(aFolder(), 'data');
  writeFileSync(path, 'mine');
  const exit = await runServerProcess({ port: await freePort(), dataDir: path });
  expect(saysWhy(exit)).toContain(path);
  expect(readdirSync(join(path, '..'))).toEqual(['data']);
});

test('a data folder that is above no folder of ours is made', async () => {
  const server = await aServer({ dataDir: join(aFolder(), 'deep', 'data') });
  await server.terminate();
  expect(readdirSync(server.dataDir)).toContain('chatter.db');
});

test('with RETIRE_WORKER the worker that is handed out is the one that takes the others away', async () => {
  const server = await aServer({ dataDir: aFolder(), env: { RETIRE_WORKER: 'true' } });
  const worker = await (await fetch(`${server.url}/sw.js`)).text();
  expect(worker.includes('registration.unregister()')).toBe(true);
});

test.skipIf(!isRoot)('a read-only disk is named, and the server ends (may skip: mounting needs root)', async () => {
  const disk = mountTmpfs('4m');
  onTestFinished(disk.unmount);
  disk.remount('ro');
  const exit = await runServerProcess({ port: await freePort(), dataDir: disk.path });
  expect(saysWhy(exit)).toContain(disk.path);
  expect(readdirSync(disk.path)).toEqual([]);
});

test('a database that is no database is named, and left as it is', async () => {
  const dataDir = aFolder();
  const file = join(dataDir, 'chatter.db');
  writeFileSync(file, 'this is not a database, but it may be dear to somebody\n'.repeat(100));
  const exit = await runServerProcess({ port: await freePort(), dataDir });
  expect(saysWhy(exit)).toContain(dataDir);
  expect(spawnSync('head', ['-c', '10', file], { encoding: 'utf8' }).stdout).toBe('this is no');
});

test('[SQ-7] a second process on the same store refuses to start, and the first goes on', async () => {
  const first = await aServer({ dataDir: aFolder() });
  const exit = await runServerProcess({ port: await freePort(), dataDir: first.dataDir });
  expect(saysWhy(exit)).toMatch(/in use by another process/);
  expect((await fetch(`${first.url}/health`)).status).toBe(200);
});

test('[SQ-7] a store whose owner was killed is free at once', async () => {
  const first = await aServer({ dataDir: aFolder() });
  await first.kill();
  const second = await aServer({ dataDir: first.dataDir });
  expect(second.isRunning()).toBe(true);
});

test('every wrong variable is named at once, with exit code 2, and nothing is written', async () => {
  const dataDir = join(aFolder(), 'data');
  const wrong = {
    PORT: 'eighty',
    SYNC_INTERVAL_MINUTES: '0',
    SMS_GATEWAY: 'pigeon',
    TRUST_PROXY: 'the proxy',
    ORIGINS: 'chat.example.org',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'redis://localhost',
    MONGODB_URI: 'mongodb://localhost',
  };
  const exit = await runServerProcess({ dataDir, env: wrong });
  const said = saysWhy(exit);
  expect(exit.code).toBe(2);
  expect(Object.keys(wrong).filter((name) => !said.includes(name))).toEqual([]);
  expect(() => readdirSync(dataDir)).toThrow('ENOENT');
});

test('values that are wrong together are named too', async () => {
  const exit = await runServerProcess({ dataDir: aFolder(), env: { TLS_KEY_PATH: '/nowhere/key.pem', SMS_GATEWAY: 'webhook' } });
  expect(exit.code).toBe(2);
  const wanted = ['TLS_CERT_PATH', 'TLS_KEY_PATH: the file cannot be read', 'SMS_WEBHOOK_URL'];
  expect(wanted.filter((name) => !saysWhy(exit).includes(name))).toEqual([]);
});
