import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { bearer, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const page = { accept: 'text/html,application/xhtml+xml' };
const get = (path: string, headers = {}) => server.ask('GET', path, { headers });

test.each(['/', '/conversations/1', '/settings', '/index.html'])('%s is the app, asked for anew each time', async (path) => {
  const answer = await get(path, page);
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('<title>Chatter') as string });
  expect(answer.headers.get('cache-control')).toBe('no-cache');
});

test('an older release that was put back is not taken for the newer one that a browser has', async () => {
  const future = new Date(Date.now() + 86_400_000).toUTCString();
  const answer = await get('/settings', { ...page, 'if-modified-since': future });
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('<title>Chatter') as string });
});

test.each(['/sw.js', '/manifest.webmanifest'])('%s is asked for anew each time', async (path) => {
  expect((await get(path)).headers.get('cache-control')).toBe('no-cache');
});

test('an asset with a hash in its name is kept for ever, and comes compressed', async () => {
  const { status, headers } = await get('/assets/main-abc123.js', { 'accept-encoding': 'br' });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('content-encoding')).toBe('br');
});

test.each(['/assets/gone-123.js', '/assets/', '/assets', '/gone.js', '/favicon.ico'])(
  '%s is not there, and is never a page',
  async (path) => {
    const answer = await get(path, path.startsWith('/assets') ? page : {});
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('<');
  },
);

test.each(['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/.git/config', '/%00'])(
  '%s leads nowhere',
  async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port: server.port, path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect([400, 404]).toContain(status);
  },
);

const everywhere = ['/', '/assets/main-abc123.js', '/assets/gone.js', '/api/me', '/api/gone', '/health', '/api/users/x'];
test.each(everywhere)('%s carries the headers that keep a browser safe', async (path) => {
  const { headers } = await get(path, page);
  const policy = headers.get('content-security-policy') ?? '';
  const wanted = ["default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];
  wanted.push("require-trusted-types-for 'script'", 'trusted-types chatter-worker;');
  for (const directive of wanted) expect(policy).toContain(directive);
  expect(policy).toContain(`ws://127.0.0.1:${server.port}`);
  expect(policy).not.toContain('unsafe');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toBeNull();
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect(headers.has('x-powered-by')).toBe(false);
  if (/^\/(api|health)/.test(path)) expect(headers.get('cache-control')).toBe('no-store');
});

test('a host header cannot write into the policy', async () => {
  const { headers } = await rawGet("evil.example; script-src 'unsafe-inline'");
  expect(headers).toContain("connect-src 'self'\r\n");
  expect(headers).not.toContain('unsafe-inline');
});

test('the policy names the host that was asked, whichever was asked before', async () => {
  for (const host of ['one.example', 'two.example:8443', 'one.example']) {
    expect((await rawGet(host)).headers).toContain(`connect-src 'self' ws://${host} wss://${host}`);
  }
});

test('a body of 256 KiB is read, one byte more is not', async () => {
  const ann = await server.signIn('+41446681800');
  const body = (bytes: number) =>
    JSON.stringify({ name: 'A', fill: 'x'.repeat(bytes - JSON.stringify({ name: 'A', fill: '' }).length) });
  const put = (raw: string) =>
    server.ask('PUT', `/api/users/${ann.userId}`, { raw, headers: { 'content-type': 'application/json', ...bearer(ann) } });
  expect(await put(body(limits.requestBytesMax))).toMatchObject({ status: 200 });
  expect(await put(body(limits.requestBytesMax + 1))).toMatchObject({ status: 413, body: { refusal: 'too-large' } });
});

test('a body that says it is huge is refused before it is sent', async () => {
  const ann = await server.signIn('+41446681801');
  const head = [
    'PUT /api/users/x HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${ann.token}`,
    'Content-Type: application/json',
    'Content-Length: 99999999',
    '',
    '',
  ];
  expect(await raw(head.join('\r\n'))).toMatch(/^HTTP\/1.1 413 /);
});

test('a body that goes on and on is cut off at the limit', async () => {
  const ann = await server.signIn('+41446681802');
  const head = [
    'PUT /api/users/x HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${ann.token}`,
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    '',
    '',
  ];
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  expect(await raw(head.join('\r\n') + chunk.repeat(5))).toMatch(/^HTTP\/1.1 413 /);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  '%s is not read',
  async (type) => {
    const answer = await server.ask('POST', '/api/login', { raw: '{"phone":"+41446681800"}', headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
  },
);

test.each(['{', '[', '"x"', '{"phone":"+41', '\u0000', '{"__proto__":{"polluted":1}}'])(
  'the body %j is malformed, and its text is not in the answer',
  async (text) => {
    const answer = await server.ask('POST', '/api/login', { raw: text, headers: { 'content-type': 'application/json' } });
    expect(answer).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
    expect(answer.text).not.toMatch(/Unexpected|at |position|polluted/);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  },
);

test('a body nested deeper than anything we say is malformed, before anything recurses into it', async () => {
  const ann = await server.signIn('+41446681803');
  const deep = `{"version":1,"ops":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`;
  const answer = await server.ask('POST', '/api/sync', {
    raw: deep,
    headers: { 'content-type': 'application/json', ...bearer(ann) },
  });
  expect(answer).toMatchObject({ status: 400, body: { refusal: 'malformed', detail: 'body: too deep' } });
});

test.each(['TRACE', 'PATCH', 'OPTIONS'])('%s is not found', async (method) => {
  expect(await raw(`${method} /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 40[45] /);
});

test('[AC-2] a forwarded address is believed only from a proxy that is named', async () => {
  for (const { trustProxy, status } of [
    { trustProxy: [], status: 429 },
    { trustProxy: ['127.0.0.0/8'], status: 200 },
  ]) {
    const limited = await startServer({ codesPerAddressHour: 2, trustProxy });
    let last = 0;
    for (let n = 0; n < 3; n++) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` };
      last = (await limited.ask('POST', '/api/login', { body: { phone: `+4144668180${n}` }, headers })).status;
    }
    expect(last).toBe(status);
    await limited.stop();
  }
});

test('[AC-2] whoever asks too much is told when to come again', async () => {
  const slow = await startServer({ paces: { 'sign-in': 2, read: 2, write: 2 } });
  for (let n = 0; n < 2; n++) expect((await slow.ask('GET', '/health')).status).toBe(200);
  const answer = await slow.ask('GET', '/health');
  expect(answer).toMatchObject({ status: 429, body: { refusal: 'too-fast', retryAfterMs: expect.any(Number) as number } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  await slow.stop();
});

test('/health and /api/redis/status say how things are, and nothing else', async () => {
  expect((await get('/health')).body).toEqual({ ok: true, server: 'test', store: 'ok', stopping: false });
  expect((await get('/api/redis/status')).body).toEqual({ configured: false });
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const rawGet = async (host: string) => ({
  headers: await raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
});

test('[RU-5] behind a proxy that is believed, what came over TLS is told to stay so', async () => {
  const proxied = await startServer({ trustProxy: ['127.0.0.1'] });
  const headersOf = async (url: string) => (await fetch(url, { headers: { 'x-forwarded-proto': 'https' } })).headers;
  expect((await headersOf(`${proxied.url}/health`)).get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  expect((await headersOf(`${server.url}/health`)).get('strict-transport-security')).toBeNull();
  await proxied.stop();
});
