import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'chatter-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = join(import.meta.dirname, '..', '..', 'api', 'main.ts');
const clean = { PATH: process.env['PATH'] ?? '', HOME: folder };

function run(env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], {
    cwd: folder,
    env: { ...clean, ...env },
    encoding: 'utf8',
    timeout: 9_000,
  });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
}

/** Resolves with what was printed, once the server says that it runs. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [main], { cwd: folder, env: { ...clean, ...env } });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let printed = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Stop')) resolve(printed);
    });
    void ended.then(() => reject(new Error(`ended: ${printed}`)));
  });
  return { child, ready, ended, printed: () => printed };
}

test('the console says where to open the app and prints the codes; SIGTERM ends it in order', { timeout: 20_000 }, async () => {
  const server = start({ PORT: '0', DATA_DIR: 'data-1' });
  const url = /http:\/\/localhost:\d+/.exec(await server.ready)?.[0];
  const body = JSON.stringify({ phone: '+1 555 010 0123' });
  const sent = await fetch(`${url}/api/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(sent.status).toBe(200);
  await expect.poll(server.printed).toMatch(/Code for \+15550100123: \d{3} \d{3}/);
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
});

test('a second process on the same data is told so in one line, and the first goes on', { timeout: 20_000 }, async () => {
  const first = start({ PORT: '0', DATA_DIR: 'data-2' });
  const url = /http:\/\/localhost:\d+/.exec(await first.ready)?.[0];
  expect(run({ PORT: '0', DATA_DIR: 'data-2' })).toMatchObject({
    status: 1,
    lines: [expect.stringContaining('in use by another process')],
  });
  expect((await fetch(`${url}/health`)).status).toBe(200);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
});

test('a taken port is one line', { timeout: 20_000 }, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  expect(run({ PORT: String(port), DATA_DIR: 'data-3' })).toMatchObject({
    status: 1,
    lines: [expect.stringContaining(`Port ${port} is taken`)],
  });
  other.close();
});

test('a data folder that cannot be is one line', { timeout: 20_000 }, () => {
  writeFileSync(join(folder, 'file'), '');
  expect(run({ PORT: '0', DATA_DIR: 'file/data' })).toMatchObject({
    status: 1,
    lines: [expect.stringContaining('cannot be opened')],
  });
});

test('a file that is no database is left as it is', { timeout: 20_000 }, () => {
  mkdirSync(join(folder, 'data-4'));
  writeFileSync(join(folder, 'data-4', 'chatter.db'), 'my diary'.repeat(1_000));
  expect(run({ PORT: '0', DATA_DIR: 'data-4' })).toMatchObject({
    status: 1,
    lines: [expect.stringContaining('cannot be opened')],
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
test.skipIf(!hasOpenssl)(
  'with a key and a certificate it speaks TLS (may skip: openssl makes the certificate)',
  { timeout: 20_000 },
  async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      ...subject,
    ]);
    expect(made.status).toBe(0);
    const server = start({ PORT: '0', DATA_DIR: 'data-6', TLS_KEY_PATH: key, TLS_CERT_PATH: cert });
    const port = Number(/https:\/\/localhost:(\d+)/.exec(await server.ready)?.[1]);
    const body = await new Promise<string>((resolve, reject) => {
      request({ host: 'localhost', port, path: '/health', ca: readFileSync(cert), family: 4 }, (response) => {
        response.on('data', (chunk) => resolve(String(chunk)));
      })
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(body)).toMatchObject({ ok: true });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  },
);

test('a wrong configuration is named whole, before anything is written', { timeout: 20_000 }, () => {
  const { status, lines } = run({ PORT: 'x', MONGODB_URI: 'mongodb://x', CHATTER_X: '1', DATA_DIR: 'data-5' });
  expect(status).toBe(2);
  expect(lines).toHaveLength(4);
});
