import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
let ann: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  server = await startServer();
  ann = await server.signIn('+41446681800', 'Ann');
  eve = await server.signIn('+41446681801', 'Eve');
});
afterAll(() => server.stop());

const firefox = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0';
const page = () => ({ origin: server.url, 'user-agent': firefox });

/** A browser that asks to be let in, with what it shows and what it keeps. */
async function begin(headers: Record<string, string> = page()) {
  const started = await server.ask('POST', '/api/device-links', { headers });
  const setCookie = started.headers.getSetCookie()[0] ?? '';
  const cookie = setCookie.split(';')[0]!;
  const { token, code } = started.body as { token: string; code: string };
  const mine = async (as = cookie) => (await server.ask('GET', '/api/device-links/mine', { headers: { cookie: as } })).body;
  const collect = (as = cookie) => server.ask('POST', '/api/device-links/collect', { headers: { ...headers, cookie: as } });
  return { started, setCookie, cookie, token, code, mine, collect };
}
const find = (who: SignedIn, by: unknown) => server.ask('POST', '/api/device-links/find', { headers: bearer(who), body: by });
const approve = (who: SignedIn, linkId: string) => server.ask('PUT', `/api/device-links/${linkId}`, { headers: bearer(who) });
const idOf = (found: { body: unknown }) => (found.body as { linkId: string }).linkId;

test('[AC-22] from a QR code to a session: the secret is a cookie that scripts cannot read, and in no answer', async () => {
  const link = await begin();
  expect(link.started).toMatchObject({ status: 200, body: { expiresInMs: 120_000 } });
  const [held = '', ...attributes] = link.setCookie.split('; ');
  expect(new Set(attributes)).toEqual(new Set(['Max-Age=240', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']));
  expect(link.started.text).not.toContain(held.split('=')[1]);
  expect(await link.mine()).toMatchObject({ kind: 'waiting' });
  const found = await find(ann, { token: link.token });
  expect(found.body).toMatchObject({ label: 'Firefox on Linux', address: '127.0.0.1', isSameAddress: true });
  expect(await approve(ann, idOf(found))).toMatchObject({ status: 200 });
  expect(await link.mine()).toEqual({ kind: 'approved', userId: ann.userId, name: 'Ann', phone: ann.phone });
  const collected = await link.collect();
  expect(collected).toMatchObject({ status: 200, body: { kind: 'signed-in', userId: ann.userId } });
  expect(collected.body).not.toHaveProperty('token');
  const [dropped, session = ''] = collected.headers.getSetCookie();
  expect(dropped).toMatch(/^__Host-chatter-link=; Max-Age=0/);
  expect(await server.ask('GET', '/api/me', { headers: { cookie: session.split(';')[0]! } })).toMatchObject({
    body: { userId: ann.userId },
  });
  expect(await link.collect()).toMatchObject({ status: 404 });
});

test('[AC-22] another browser that photographed it all gains nothing', async () => {
  const [link, thief] = [await begin(), await begin()];
  await approve(ann, idOf(await find(ann, { code: link.code })));
  for (const cookie of [thief.cookie, `__Host-chatter-link=${link.token}`, `__Host-chatter-link=${link.code}`, '']) {
    expect(await link.collect(cookie)).toMatchObject({ status: 404 });
    expect(await link.mine(cookie)).not.toMatchObject({ kind: 'approved' });
  }
  expect(await link.collect()).toMatchObject({ status: 200 });
});

test('[AC-23] a foreign page neither begins, nor confirms, nor collects', async () => {
  const foreign = { origin: 'https://evil.example', 'user-agent': firefox };
  expect((await begin(foreign)).started).toMatchObject({ status: 403, body: { refusal: 'forbidden' } });
  const link = await begin();
  const linkId = idOf(await find(ann, { token: link.token }));
  await approve(ann, linkId);
  const collected = await server.ask('POST', '/api/device-links/collect', { headers: { ...foreign, cookie: link.cookie } });
  expect(collected).toMatchObject({ status: 403, body: { refusal: 'forbidden' } });
  expect(collected.headers.getSetCookie()).toEqual([]);
});

test('[AC-23] who is not signed in learns nothing of what asks, and confirms nothing', async () => {
  const link = await begin();
  const path = `/api/device-links/${idOf(await find(eve, { token: link.token }))}`;
  expect(await server.ask('POST', '/api/device-links/find', { body: { token: link.token } })).toMatchObject({ status: 401 });
  expect(await server.ask('PUT', path)).toMatchObject({ status: 401 });
  expect(await server.ask('DELETE', path)).toMatchObject({ status: 401 });
  expect(await link.mine()).toMatchObject({ kind: 'waiting' });
  expect(await server.ask('DELETE', path, { headers: bearer(eve) })).toMatchObject({ status: 200 });
  expect(await link.mine()).toEqual({ kind: 'denied' });
});

test('[AC-23] signing in this way ends the session the browser had', async () => {
  const link = await begin();
  await approve(ann, idOf(await find(ann, { token: link.token })));
  const first = await link.collect();
  const session = first.headers.getSetCookie()[1]!.split(';')[0]!;
  const again = await begin({ ...page(), cookie: session });
  await approve(eve, idOf(await find(eve, { token: again.token })));
  expect(await again.collect(`${again.cookie}; ${session}`)).toMatchObject({ status: 200, body: { userId: eve.userId } });
  expect(await server.ask('GET', '/api/me', { headers: { cookie: session } })).toMatchObject({ status: 401 });
});

test('[AC-24] the ninth digit, letters and both at once are not looked up; eleven guesses are ten', async () => {
  for (const by of [
    {},
    { code: '123456789' },
    { code: '1234567a' },
    { code: '12345678', token: 'a' },
    { token: 'a/b' },
    { token: '' },
  ]) {
    expect(await find(ann, by)).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
  }
  const guesser = await server.signIn('+41446681802', 'Gus');
  const link = await begin();
  const wrong = link.code === '00000000' ? '00000001' : '00000000';
  for (let n = 0; n < 10; n++) expect(await find(guesser, { code: wrong })).toMatchObject({ status: 404 });
  expect(await find(guesser, { code: link.code })).toMatchObject({ status: 429, body: { refusal: 'too-fast' } });
});
