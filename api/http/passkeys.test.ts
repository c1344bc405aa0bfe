import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthenticator } from '../../tests/kit/authenticator.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';
import type { CreationOptions, RequestOptions } from '../core/passkeys.ts';
import { createOriginCheck, placeOf } from './origin.ts';

const origin = 'https://chat.example.org';
let server: TestServer;
let ann: SignedIn;
let bob: SignedIn;
beforeAll(async () => {
  server = await startServer({ origins: [origin, 'https://other.example.org', 'http://10.0.0.7:8000'] });
  ann = await server.signIn('+41446681800', 'Ann');
  bob = await server.signIn('+41446681801', 'Bob');
});
afterAll(() => server.stop());

const fromPage = { origin, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0' };
const as = (who: SignedIn, headers = {}) => ({ ...bearer(who), ...fromPage, ...headers });

async function addPasskey(who: SignedIn, key = createAuthenticator(), name?: string) {
  const options = await server.ask('POST', '/api/passkeys/options', { headers: as(who) });
  const credential = key.create(options.body as CreationOptions, { origin });
  const added = await server.ask('POST', '/api/passkeys', { headers: as(who), body: { credential, ...(name && { name }) } });
  return { key, added };
}

async function begin(headers: Record<string, string> = fromPage) {
  const begun = await server.ask('POST', '/api/sign-in/passkey/options', { headers });
  const cookie = begun.headers.getSetCookie()[0] ?? '';
  return { begun, options: begun.body as RequestOptions, setCookie: cookie, cookie: cookie.split(';')[0]! };
}
const finish = (credential: unknown, headers: Record<string, string>) =>
  server.ask('POST', '/api/sign-in/passkey', { headers, body: { credential } });

test('[AC-20] from a page to a session: the browser gets a cookie, no token, and the challenge’s cookie is gone', async () => {
  const { key, added } = await addPasskey(ann);
  expect(added).toMatchObject({ status: 200, body: { passkey: { name: 'Firefox on Linux', host: 'chat.example.org' } } });
  const { options, cookie, setCookie } = await begin();
  expect(new Set(setCookie.split('; ').slice(1))).toEqual(
    new Set(['Max-Age=300', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']),
  );
  const signedIn = await finish(key.use(options, { origin }), { ...fromPage, cookie });
  expect(signedIn).toMatchObject({ status: 200, body: { kind: 'signed-in', userId: ann.userId, profile: { name: 'Ann' } } });
  expect(signedIn.body).not.toHaveProperty('token');
  const [dropped, session = ''] = signedIn.headers.getSetCookie();
  expect(dropped).toMatch(/^__Host-chatter-challenge=; Max-Age=0/);
  const me = await server.ask('GET', '/api/me', { headers: { cookie: session.split(';')[0]! } });
  expect(me).toMatchObject({ status: 200, body: { userId: ann.userId } });
});

test('[AC-20] whoever overhears an answer, but not the browser’s cookie, gains nothing', async () => {
  const { key } = await addPasskey(ann);
  const [victim, thief] = [await begin(), await begin()];
  const overheard = key.use(victim.options, { origin });
  expect(await finish(overheard, { ...fromPage, cookie: thief.cookie })).toMatchObject({
    status: 403,
    body: { refusal: 'code-invalid' },
  });
  expect(await finish(overheard, fromPage)).toMatchObject({ status: 403 });
  expect(await finish(overheard, { ...fromPage, cookie: victim.cookie })).toMatchObject({ status: 200 });
  expect(await finish(overheard, { ...fromPage, cookie: victim.cookie })).toMatchObject({ status: 403 });
});

test('[AC-20] a passkey belongs to the host it was made at, also among hosts that are all ours', async () => {
  const { key } = await addPasskey(ann);
  const elsewhere = { ...fromPage, origin: 'https://other.example.org' };
  const { options, cookie } = await begin(elsewhere);
  expect(options.rpId).toBe('other.example.org');
  for (const saying of [{ origin: elsewhere.origin }, { origin }, { origin, rpId: 'chat.example.org' }]) {
    expect(await finish(key.use(options, saying), { ...elsewhere, cookie })).toMatchObject({ status: 403 });
  }
});

test('[AC-20] it begins only on a page of ours over TLS or at localhost, under a name', async () => {
  for (const headers of [{}, { origin: 'http://10.0.0.7:8000' }]) {
    expect((await begin(headers as Record<string, string>)).begun).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
    expect(await server.ask('POST', '/api/passkeys/options', { headers: { ...bearer(ann), ...headers } })).toMatchObject({
      status: 400,
    });
  }
  expect((await begin({ origin: 'https://evil.example' })).begun).toMatchObject({ status: 403, body: { refusal: 'forbidden' } });
  const named = createOriginCheck([]);
  const at = (origin: string, host: string) => placeOf(named, { origin, host });
  expect(at('http://localhost:8000', 'localhost:8000')).toEqual({ origin: 'http://localhost:8000', rpId: 'localhost' });
  expect(at('https://chat.example.org', 'chat.example.org')).toEqual({ origin, rpId: 'chat.example.org' });
  expect(at('https://chat.example.org:8443', 'chat.example.org:8443')?.rpId).toBe('chat.example.org');
  for (const host of ['chat.example.org', '127.0.0.1:8000', '[::1]:8000', 'localhost.evil.example']) {
    expect(at(`http://${host}`, host)).toBeUndefined();
  }
  expect(at('https://[2001:db8::1]', '[2001:db8::1]')).toBeUndefined();
  expect(at('https://evil.example', 'chat.example.org')).toBeUndefined();
});

test('[AC-21] the list is one’s own, and only its person renames and removes', async () => {
  const { added } = await addPasskey(bob, createAuthenticator(), 'Key ring');
  const { id } = (added.body as { passkey: { id: string } }).passkey;
  const own = await server.ask('GET', '/api/passkeys', { headers: bearer(bob) });
  expect(own.body).toEqual({
    passkeys: [{ id, name: 'Key ring', host: 'chat.example.org', addedAt: expect.any(Number) as number }],
  });
  expect((await server.ask('GET', '/api/passkeys', { headers: bearer(ann) })).text).not.toContain(id);
  const path = `/api/passkeys/${id}`;
  expect(await server.ask('PUT', path, { headers: bearer(ann), body: { name: 'Mine' } })).toMatchObject({ status: 404 });
  expect(await server.ask('DELETE', path, { headers: bearer(ann) })).toMatchObject({ status: 404 });
  expect(await server.ask('PUT', path, { headers: bearer(bob), body: { name: 'x'.repeat(65) } })).toMatchObject({ status: 400 });
  expect(await server.ask('PUT', path, { headers: bearer(bob), body: { name: 'Desk' } })).toMatchObject({ status: 200 });
  expect(await server.ask('DELETE', path, { headers: bearer(bob) })).toMatchObject({ status: 200 });
  expect((await server.ask('GET', '/api/passkeys', { headers: bearer(bob) })).body).toEqual({ passkeys: [] });
});

test('[AC-21] strangers learn nothing: known, unknown and removed passkeys are answered alike', async () => {
  const { key, added } = await addPasskey(bob);
  const { id } = (added.body as { passkey: { id: string } }).passkey;
  const texts = [];
  for (const who of [createAuthenticator(), key]) {
    const { options, cookie } = await begin();
    const { response, ...rest } = who.use(options, { origin });
    texts.push((await finish({ ...rest, response: { ...response, signature: 'AAAA' } }, { ...fromPage, cookie })).text);
  }
  await server.ask('DELETE', `/api/passkeys/${id}`, { headers: bearer(bob) });
  const { options, cookie } = await begin();
  texts.push((await finish(key.use(options, { origin }), { ...fromPage, cookie })).text);
  expect(new Set(texts).size).toBe(1);
});

test('[AC-20] hostile answers are refused in words, whatever they are', async () => {
  const { key } = await addPasskey(ann);
  const bad: readonly ((good: ReturnType<typeof key.use>) => unknown)[] = [
    () => undefined,
    () => 'credential',
    (good) => ({ ...good, id: '' }),
    (good) => ({ ...good, rawId: 'AAAA' }),
    (good) => ({ ...good, id: 'a'.repeat(2_000) }),
    (good) => ({ ...good, type: 'password' }),
    (good) => ({ ...good, response: {} }),
    ...['not json', '[]', 'null', '{"type":"webauthn.get"}', '{"__proto__":{"x":1}}'].map(
      (text) => (good: ReturnType<typeof key.use>) => ({
        ...good,
        response: { ...good.response, clientDataJSON: Buffer.from(text).toString('base64url') },
      }),
    ),
    (good) => ({ ...good, response: { ...good.response, authenticatorData: 'AAAA' } }),
    (good) => ({ ...good, response: { ...good.response, authenticatorData: 'A'.repeat(16_000) } }),
    (good) => ({ ...good, response: { ...good.response, signature: 'A'.repeat(20_000) } }),
  ];
  for (const spoil of bad) {
    const { options, cookie } = await begin();
    const { status } = await finish(spoil(key.use(options, { origin })), { ...fromPage, cookie });
    expect([400, 403]).toContain(status);
  }
  for (const attestationObject of ['AAAA', Buffer.from([0xbf]).toString('base64url'), 'A'.repeat(16_000)]) {
    const begun = await server.ask('POST', '/api/passkeys/options', { headers: as(ann) });
    const { response, ...rest } = createAuthenticator().create(begun.body as CreationOptions, { origin });
    const credential = { ...rest, response: { ...response, attestationObject } };
    expect(await server.ask('POST', '/api/passkeys', { headers: as(ann), body: { credential } })).toMatchObject({ status: 403 });
  }
});
