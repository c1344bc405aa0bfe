import { execFileSync, spawn } from 'node:child_process';
import { renameSync, symlinkSync, unlinkSync, writeFileSync, copyFileSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Socket, io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { type Down, PROTOCOL_VERSION } from '#sync-protocol';
import { root } from '../../scripts/root.ts';
import { freePort } from '../e2e/kit/server.ts';
import { until } from '../e2e/kit/until.ts';
import { aDataDir, runServerProcess } from '../kit/processes.ts';

/** Certificates of three names, by openssl as an operator would have them. */
function aFolder() {
  const { path, remove } = aDataDir();
  onTestFinished(remove);
  const at = (name: string): string => join(path, name);
  return {
    path,
    at,
    issue: (name: string) =>
      execFileSync(
        'openssl',
        [
          'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -addext subjectAltName=DNS:localhost'.split(
            ' ',
          ),
          ['-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
        ].flat(),
        { stdio: 'ignore' },
      ),
  };
}

type Tls = {
  readonly url: string;
  readonly port: number;
  readonly redirectPort: number;
  output(): string;
  signal(name: NodeJS.Signals): void;
};

async function startTls(folder: ReturnType<typeof aFolder>): Promise<Tls> {
  const [port, redirectPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder.at('data'),
    TLS_KEY_PATH: folder.at('key.pem'),
    TLS_CERT_PATH: folder.at('cert.pem'),
    HTTP_REDIRECT_PORT: String(redirectPort),
  };
  const child = spawn(process.execPath, ['api/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(output);
    return output.includes('Chatter is running');
  }, 'the server to listen');
  return { url: `https://localhost:${port}`, port, redirectPort, output: () => output, signal: (name) => child.kill(name) };
}

type Shown = { readonly name: string; readonly protocol: string | null };

/** What a handshake is shown now. */
function shownBy(port: number, options: object = {}): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve({ name: String(socket.getPeerCertificate().subject.CN), protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

function ask({ url }: Tls, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = {
      method: body ? 'POST' : 'GET',
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/json', ...headers },
    };
    const req = request(new URL(path, url), options, (res) => {
      let text = '';
      res.on('data', (chunk: Buffer) => (text += chunk.toString()));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }));
    });
    req.once('error', reject);
    req.end(body && JSON.stringify(body));
  });
}

async function signUp(server: Tls, phone: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const { requestId } = JSON.parse((await ask(server, '/api/register', { phone })).text) as { requestId: string };
  const sent = new RegExp(`Code for \\${phone}: (\\d{3}) ?(\\d{3})`);
  const code = await until(() => sent.exec(server.output())?.slice(1, 3).join(''), 'the code');
  return ask(server, '/api/verify', { requestId, code, name: 'Ann' }, headers);
}

async function openSocket(
  { url }: Tls,
  token: string,
): Promise<{ readonly socket: Socket; readonly downs: readonly Down[]; readonly ended: readonly string[] }> {
  const downs: Down[] = [];
  const ended: string[] = [];
  const auth = { version: PROTOCOL_VERSION, token };
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth, rejectUnauthorized: false });
  onTestFinished(() => void socket.disconnect());
  socket.on('down', (down: Down) => downs.push(down));
  socket.on('disconnect', (why) => ended.push(why));
  await until(() => downs.some(({ type }) => type === 'ready'), 'the socket to be ready');
  return { socket, downs, ended };
}

test('[RU-4][RU-5] a certificate is replaced under an open socket; a broken one changes nothing', async () => {
  const folder = aFolder();
  for (const name of ['first', 'second', 'third']) folder.issue(name);
  // As certbot does it: links that come to lead to other files.
  const put = (name: string, key = `${name}.key`): void => {
    for (const [link, target] of [
      ['key.pem', key],
      ['cert.pem', `${name}.pem`],
    ] as const) {
      symlinkSync(folder.at(target), folder.at(`${link}.new`));
      renameSync(folder.at(`${link}.new`), folder.at(link));
    }
  };
  put('first');
  const server = await startTls(folder);
  expect(await shownBy(server.port)).toEqual({ name: 'first', protocol: 'TLSv1.3' });
  await expect(shownBy(server.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow(/alert|version|protocol/i);

  const verified = await signUp(server, '+41791230001', { 'x-chatter-client': 'app', origin: server.url });
  const cookies = [verified.headers['set-cookie']].flat().map(String);
  expect(cookies[0]).toMatch(/^__Host-chatter=.*; Secure/);
  const { token } = JSON.parse((await signUp(server, '+41791230002')).text) as { token: string };
  const open = await openSocket(server, token);

  put('second');
  await until(async () => (await shownBy(server.port)).name === 'second', 'the second certificate to be seen by itself', 15_000);
  put('first', 'third.key');
  server.signal('SIGHUP');
  await until(() => server.output().includes('the old one stays'), 'the log to say that it is of no use');
  expect((await shownBy(server.port)).name).toBe('second');
  unlinkSync(folder.at('cert.pem'));
  writeFileSync(folder.at('cert.pem'), 'no certificate');
  server.signal('SIGHUP');
  await until(() => server.output().split('the old one stays').length > 2, 'the log to say it of this one too');
  expect((await shownBy(server.port)).name).toBe('second');
  for (const [name, target] of [
    ['key.pem', 'third.key'],
    ['cert.pem', 'third.pem'],
  ] as const) {
    unlinkSync(folder.at(name));
    copyFileSync(folder.at(target), folder.at(name));
  }
  server.signal('SIGHUP');
  await until(
    async () => (await shownBy(server.port)).name === 'third',
    'the third certificate, because it was told to look',
    1_500,
  );

  expect(open.ended).toEqual([]);
  const { answers } = (await open.socket.timeout(5_000).emitWithAck('up', { type: 'ops', storeEpoch: 'x', ops: [] })) as {
    answers: unknown;
  };
  expect(answers).toEqual([]);
  expect(server.output()).not.toContain(readFileSync(folder.at('third.key'), 'utf8').split('\n')[1]);
});

test('[RU-5] the plain port says where https is, and only https is told to stay so', async () => {
  const folder = aFolder();
  folder.issue('only');
  copyFileSync(folder.at('only.key'), folder.at('key.pem'));
  copyFileSync(folder.at('only.pem'), folder.at('cert.pem'));
  const server = await startTls(folder);
  const plain = await fetch(`http://localhost:${server.redirectPort}/chats?x=1`, { redirect: 'manual' });
  expect([plain.status, plain.headers.get('location')]).toEqual([308, `${server.url}/chats?x=1`]);
  expect(plain.headers.get('strict-transport-security')).toBeNull();
  const followed = await ask(server, '/health');
  expect([followed.status, followed.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000; includeSubDomains']);
  await expect(fetch(`http://localhost:${server.port}/health`)).rejects.toThrow('fetch failed');
});

test('a key that is none, and a redirect that leads nowhere, are named at the start', async () => {
  const folder = aFolder();
  folder.issue('only');
  folder.issue('other');
  const paths = (key: string, cert: string) => ({ TLS_KEY_PATH: folder.at(key), TLS_CERT_PATH: folder.at(cert) });
  const mismatched = await runServerProcess({
    dataDir: folder.at('data'),
    port: await freePort(),
    env: paths('only.key', 'other.pem'),
  });
  expect(mismatched).toMatchObject({ code: 1, output: expect.stringContaining('The server cannot start') as unknown });
  const nowhere = await runServerProcess({ dataDir: folder.at('data'), env: { HTTP_REDIRECT_PORT: '8080' } });
  expect(nowhere).toMatchObject({ code: 2, output: expect.stringContaining('HTTP_REDIRECT_PORT') as unknown });
});
