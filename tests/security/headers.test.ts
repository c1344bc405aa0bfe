/** What goes along with every answer: those of routes, refusals of every kind, files, what has not changed, and sockets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { createSecrets } from '../../api/gateways/secrets.ts';
import { routes } from '../../api/http/registry.ts';
import type { Route } from '../../api/http/route.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { headOf, offer } from '../kit/raw-http.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../kit/server.ts';
import { weaknessesOf } from './kit/policy.ts';

let server: TestServer;
let ann: SignedIn;
let isFailing = false;
beforeAll(async () => {
  const memory = createMemoryEventLog();
  const conversationsOf: typeof memory.conversationsOf = (...args) => {
    if (isFailing) throw new Error('a mistake of ours');
    return memory.conversationsOf(...args);
  };
  server = await startServer({ adapters: { eventLog: { ...memory, conversationsOf } } });
  ann = await server.signIn('+41446681800');
});
afterAll(() => server.stop());

type Answer = { readonly status: number; readonly headers: Headers };
const { newId } = createSecrets();
const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> =>
  fetch(server.url + path, { method, headers, redirect: 'manual' });
const json = { 'content-type': 'application/json' };
const socketIo = '/socket.io/?EIO=4&transport=polling';

/** Everywhere, whatever is answered. */
function expectSafe({ headers }: Answer): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
  for (const name of headers.keys()) expect(name).not.toMatch(/^(x-powered-by|server|access-control-.*)$/);
}

/** What express answers besides. */
function expectOurs(answer: Answer): void {
  expectSafe(answer);
  const { headers } = answer;
  // A type without a charset is guessed at by whoever reads it.
  const type = headers.get('content-type') ?? '';
  if (/^(text|application\/(json|manifest))/.test(type)) expect(type.toLowerCase()).toMatch(/charset=utf-8/);
  expect(weaknessesOf(headers.get('content-security-policy') ?? '')).toEqual([]);
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('permissions-policy')).toMatch(/geolocation=\(\)/);
  expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
}

function expectOfApi(answer: Answer): void {
  expectOurs(answer);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('etag')).toBeNull();
}

describe.each(Object.entries(routes as Record<string, Route>))('%s', (_, { method, path }) => {
  const send = (headers: Readonly<Record<string, string>>, { body = '{}', as = method.toUpperCase() } = {}) =>
    fetch(server.url + path.replace(':userId', ann.userId).replace(/:\w+/g, newId()), {
      method: as,
      headers: { ...json, ...headers },
      ...(!['GET', 'HEAD'].includes(as) && { body }),
    });

  test('whatever it answers', async () => {
    expect.hasAssertions();
    const mine = bearer(ann);
    if (path !== '/api/sign-out') expectOfApi(await send(mine));
    expectOfApi(await send({}));
    expectOfApi(await send(bearer({ token: 'a' })));
    if (path !== '/api/sign-out') expectOfApi(await send(mine, { body: '{' }));
    if (path !== '/api/sign-out') expectOfApi(await send(mine, { body: ' '.repeat(limits.requestBytesMax + 1) }));
    expectOfApi(await send({ cookie: '__Host-chatter=a', origin: 'https://evil.example' }));
    for (const as of ['HEAD', 'OPTIONS', 'PATCH']) expectOfApi(await send({}, { as }));
  });
});

test.each([
  ['a page', '/', 200],
  ['the page of a deep address', '/chats/abc', 200],
  ['the worker', '/sw.js', 200],
  ['the manifest', '/manifest.webmanifest', 200],
  ['a script', '/assets/main-abc123.js', 200],
  ['no script', '/assets/none.js', 404],
  ['nothing', '/none.txt', 404],
  ['no route', '/api/none', 404],
  ['what is above', '/..%2f..%2fpackage.json', 404],
  ['what is hidden', '/.git/config', 404],
  ['an address that is none', '/%E0%A4%A', 400],
])('%s', async (_, path, status) => {
  const answer = await get(path, { accept: path.includes('.') || path.startsWith('/api') ? '*/*' : 'text/html' });
  expect([answer.status, path.includes('%2f') ? 403 : answer.status]).toContain(
    status === 404 && answer.status === 403 ? 403 : status,
  );
  expectOurs(answer);
});

/** Else fetch says that it wants no cached answer. */
const asBrowsersDo = { 'cache-control': 'max-age=0' };

test('a worker and a page are asked for anew, and what has not changed says so with the same headers', async () => {
  for (const path of ['/', '/sw.js', '/manifest.webmanifest']) {
    const first = await get(path, { accept: 'text/html' });
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await get(path, { accept: 'text/html', 'if-none-match': first.headers.get('etag') ?? '', ...asBrowsersDo });
    expect(again.status, path).toBe(304);
    expectOurs(again);
  }
  const range = await get('/assets/main-abc123.js', { range: 'bytes=999999-' });
  expect(range.status).toBe(400);
  expectOurs(range);
});

test('a mistake of ours is answered without a word about it', async () => {
  isFailing = true;
  const response = await fetch(`${server.url}/api/conversations/${ann.userId}`, { headers: bearer(ann) });
  isFailing = false;
  expect(response.status).toBe(500);
  expectOfApi(response);
  expect(await response.text()).toBe('{"refusal":"internal"}');
});

test('whoever asks too often gets the same headers, and when to come back', async () => {
  const busy = await startServer({ paces: { 'sign-in': 1, read: 1, write: 1 } });
  await fetch(`${busy.url}/health`);
  const refused = await fetch(`${busy.url}/health`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expectOfApi(refused);
  await busy.stop();
});

test('no method but those declared does anything, and none echoes what it was sent', async () => {
  for (const method of ['TRACE', 'PROPFIND', 'LOCK', 'MKCOL']) {
    const { status, text } = await offer({
      port: server.port,
      head: headOf(method, '/', { connection: 'close', 'x-told': 'secret' }),
    });
    expect(status, method).toBe(404);
    expect(text, method).not.toContain('secret');
  }
});

test.each([
  ['a poll that opens', socketIo, 200, {}],
  ['a transport that is none', '/socket.io/?EIO=4&transport=none', 400, {}],
  ['a session that is none', `${socketIo}&sid=none`, 400, {}],
  ['a cookie beside a foreign origin', socketIo, 403, { cookie: '__Host-chatter=a', origin: 'https://evil.example' }],
])('sockets: %s', async (_, path, status, headers) => {
  const answer = await get(path, headers);
  expect(answer.status).toBe(status);
  expectSafe(answer);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test('sockets: the handshake of a WebSocket sets nothing and allows nobody', async () => {
  const head = headOf('GET', '/socket.io/?EIO=4&transport=websocket', {
    upgrade: 'websocket',
    connection: 'Upgrade',
    origin: 'https://evil.example',
    'sec-websocket-version': 13,
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  });
  const { status, text } = await offer({ port: server.port, head, withinMs: 300 });
  expect(status).toBe(101);
  expect(text).not.toMatch(/set-cookie|access-control|x-powered-by/i);
});

test('[AC-5] every cookie that is set is one that scripts cannot read, or the mark', async () => {
  const headers = { ...json, origin: server.url };
  const post = (path: string, body: object, more: Readonly<Record<string, string>> = {}) =>
    fetch(server.url + path, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const { requestId } = (await (await post('/api/login', { phone: '+41446681801' })).json()) as { requestId: string };
  const signedIn = await post('/api/verify', { requestId, code: server.lastCode(), name: 'Bob' });
  const cookies = signedIn.headers.getSetCookie();
  const signedOut = await post('/api/sign-out', {}, { cookie: cookies[0]!.split(';')[0]! });
  for (const cookie of [...cookies, ...signedOut.headers.getSetCookie()]) {
    expect(cookie).toMatch(/; Path=\//i);
    expect(cookie).toMatch(/; SameSite=Strict/i);
    expect(cookie).not.toMatch(/; Domain=/i);
    if (cookie.startsWith('chatter-signed-out=')) continue;
    expect(cookie).toMatch(/^__Host-/);
    expect(cookie).toMatch(/; HttpOnly/i);
    expect(cookie).toMatch(/; Secure/i);
  }
  expect(cookies.length).toBeGreaterThan(0);
  expect(signedOut.headers.getSetCookie()[0]).toMatch(/^__Host-chatter=; .*Max-Age=0/);
});
