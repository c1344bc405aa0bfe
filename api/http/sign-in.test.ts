import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer, type Answered, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const app = () => ({ origin: server.url });
let lastNumber = 0;
const newPhone = () => `+4144668${String(++lastNumber).padStart(4, '0')}`;

async function requestCode(phone: string, headers = {}) {
  const { body } = await server.ask('POST', '/api/login', { body: { phone }, headers });
  return { requestId: (body as { requestId: string }).requestId, code: server.lastCode() };
}

/** Signs in as the app does: with an Origin, for a cookie. */
async function signInBrowser(phone = newPhone(), headers = {}) {
  const proof = await requestCode(phone, app());
  const verified = await server.ask('POST', '/api/verify', {
    body: { ...proof, name: 'Ann' },
    headers: { ...app(), ...headers },
  });
  const [cookie = ''] = verified.headers.getSetCookie();
  return { verified, cookie: cookie.split(';')[0]!, setCookies: verified.headers.getSetCookie() };
}

const shapeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, held]) => [key, shapeOf(held)]))
    : typeof value;
const comparable = ({ status, headers, body }: Answered) => {
  const varying = new Set(['date', 'x-request-id']);
  return { status, shape: shapeOf(body), headers: [...headers].filter(([name]) => !varying.has(name)) };
};

test('[AC-1] a new number gives a code, then a name, and is signed in', async () => {
  const sent = await server.ask('POST', '/api/register', { body: { phone: '+41 44 668 18 00' } });
  expect(sent).toMatchObject({ status: 200, body: { expiresInMs: 600_000, resendInMs: 30_000 } });
  const proof = { requestId: (sent.body as { requestId: string }).requestId, code: server.lastCode() };
  expect(await server.ask('POST', '/api/verify', { body: proof })).toMatchObject({ status: 200, body: { kind: 'name-needed' } });
  const verified = await server.ask('POST', '/api/verify', { body: { ...proof, name: 'Ann' } });
  expect(verified).toMatchObject({ status: 200, body: { kind: 'signed-in', profile: { name: 'Ann', phone: '+41446681800' } } });
  const me = await server.ask('GET', '/api/me', { headers: bearer(verified.body as { token: string }) });
  expect(me).toMatchObject({ status: 200, body: { profile: { name: 'Ann' } } });
});

test.each(['/api/register', '/api/login'])(
  '[AC-3] %s answers known and unknown numbers alike, right down to the headers',
  async (path) => {
    const known = newPhone();
    await server.signIn(known);
    server.pass(31_000);
    server.freeze();
    const [one, other] = [
      await server.ask('POST', path, { body: { phone: known } }),
      await server.ask('POST', path, { body: { phone: newPhone() } }),
    ];
    expect(comparable(one)).toEqual(comparable(other));
    expect(comparable(await server.ask('POST', path, { body: { phone: known } }))).toMatchObject({ status: 429 });
    const again = await Promise.all(
      [known, `+4144668${String(lastNumber).padStart(4, '0')}`].map((phone) => server.ask('POST', path, { body: { phone } })),
    );
    expect(comparable(again[0]!)).toEqual(comparable(again[1]!));
    expect(again[0]!.headers.get('retry-after')).toBe('30');
    server.thaw();
  },
);

test('[AC-3] a wrong guess is answered alike, whosever number it is', async () => {
  const known = newPhone();
  await server.signIn(known);
  server.pass(31_000);
  const requests = [await requestCode(known), await requestCode(newPhone()), { requestId: 'made-up', code: '' }];
  const answers = [];
  for (const { requestId, code } of requests) {
    const wrong = code === '123456' ? '123457' : '123456';
    answers.push(await server.ask('POST', '/api/verify', { body: { requestId, code: wrong, name: 'Ann' } }));
  }
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(new Set(answers.map((answer) => JSON.stringify(comparable(answer)))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 403, body: { refusal: 'code-invalid' } });
});

test('[AC-5] a browser gets a cookie that scripts cannot read, and no token', async () => {
  const { verified, setCookies } = await signInBrowser();
  expect(verified.body).not.toHaveProperty('token');
  const attributes = setCookies[0]!.split('; ');
  expect(attributes[0]).toMatch(/^__Host-chatter=[\w-]{43}$/);
  expect(new Set(attributes.slice(1))).toEqual(new Set(['Max-Age=34560000', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']));
});

test('[AC-5] a script gets a token, and no cookie', async () => {
  const { requestId, code } = await requestCode(newPhone());
  const verified = await server.ask('POST', '/api/verify', { body: { requestId, code, name: 'Ann' } });
  expect(verified.headers.getSetCookie()).toEqual([]);
  expect((verified.body as { token: string }).token).toMatch(/^[\w-]{43}$/);
});

test('[AC-5] cookie and token together are refused', async () => {
  const { cookie } = await signInBrowser();
  const script = await server.signIn(newPhone());
  expect(await server.ask('GET', '/api/me', { headers: { cookie, ...bearer(script) } })).toMatchObject({
    status: 400,
    body: { refusal: 'malformed' },
  });
});

test.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer made-up', `Bearer ${'a'.repeat(10_000)}`])(
  '[AC-4] "%s" is nobody',
  async (authorization) => {
    expect(await server.ask('GET', '/api/me', { headers: { authorization } })).toMatchObject({
      status: 401,
      body: { refusal: 'signed-out' },
    });
  },
);

test('[AC-4] signing in anew ends the session that this browser had', async () => {
  const first = await signInBrowser();
  const second = await signInBrowser(newPhone(), { cookie: first.cookie });
  expect(await server.ask('GET', '/api/me', { headers: { cookie: first.cookie } })).toMatchObject({ status: 401 });
  expect(await server.ask('GET', '/api/me', { headers: { cookie: second.cookie } })).toMatchObject({ status: 200 });
});

test('[AC-4] signing out ends the session and takes the cookie away', async () => {
  const { cookie } = await signInBrowser();
  const out = await server.ask('POST', '/api/sign-out', { headers: { cookie, ...app() } });
  expect(out).toMatchObject({ status: 200, body: {} });
  expect(out.headers.getSetCookie()).toEqual(['__Host-chatter=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict']);
  expect(await server.ask('GET', '/api/me', { headers: { cookie } })).toMatchObject({
    status: 401,
    body: { refusal: 'signed-out' },
  });
});

test('[AC-6] a revoked device is told to forget, again and again', async () => {
  const phone = newPhone();
  const lost = await server.signIn(phone);
  server.pass(31_000);
  const kept = await server.signIn(phone);
  const { devices } = (await server.ask('GET', '/api/devices', { headers: bearer(kept) })).body as {
    devices: { id: string; current: boolean }[];
  };
  expect(devices.map(({ id, current }) => [id, current])).toEqual([
    [lost.deviceId, false],
    [kept.deviceId, true],
  ]);
  expect(await server.ask('DELETE', `/api/devices/${lost.deviceId}`, { headers: bearer(kept) })).toMatchObject({ status: 200 });
  for (let i = 0; i < 2; i++) {
    expect(await server.ask('GET', '/api/me', { headers: bearer(lost) })).toMatchObject({
      status: 401,
      body: { refusal: 'revoked' },
    });
  }
  expect(await server.ask('DELETE', `/api/devices/${lost.deviceId}`, { headers: bearer(kept) })).toMatchObject({ status: 404 });
});

test('[AC-7] a cookie that comes with the mark ends its session, and is taken away', async () => {
  const { cookie } = await signInBrowser();
  const marked = await server.ask('GET', '/api/me', { headers: { cookie: `${cookie}; chatter-signed-out=1` } });
  expect(marked).toMatchObject({ status: 401, body: { refusal: 'signed-out' } });
  expect(marked.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-chatter=; Max-Age=0/)]);
  expect(await server.ask('GET', '/api/me', { headers: { cookie } })).toMatchObject({
    status: 401,
    body: { refusal: 'signed-out' },
  });
});

test('[AC-7] signing in wipes the mark, and the session it came with stays ended', async () => {
  const { cookie } = await signInBrowser();
  const next = await signInBrowser(newPhone(), { cookie: `${cookie}; chatter-signed-out=1` });
  expect(next.setCookies[1]).toBe('chatter-signed-out=; Max-Age=0; Path=/; SameSite=Strict');
  expect(await server.ask('GET', '/api/me', { headers: { cookie } })).toMatchObject({ status: 401 });
});

test('[AC-1] a gateway that fails is "unavailable", and the request cannot be used', async () => {
  const failing = await startServer({ adapters: { sms: { sendCode: () => Promise.reject(new Error('no credit')) } } });
  expect(await failing.ask('POST', '/api/login', { body: { phone: newPhone() } })).toMatchObject({
    status: 503,
    body: { refusal: 'unavailable' },
  });
  await failing.stop();
});
