import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfLog, type SyncResponse, type UserId } from '#sync-protocol';
import type { EventLog } from '../core/ports.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { createMemoryEventLog } from '../store/memory/event-log.ts';
import { openSocket } from '../../tests/kit/live-client.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
let hashed = 0;
/** Fast, and counted: every hash beyond the one a code is made with is a guess that was compared. */
const hashCode = async (code: string, salt: string, key: string) => {
  hashed++;
  return `${code}/${salt}/${key}`;
};
beforeAll(async () => {
  server = await startServer({ trustProxy: ['127.0.0.1'], adapters: { secrets: { ...createSecrets(), hashCode } } });
});
afterAll(() => server.stop());

const { newId } = createSecrets();
let lastNumber = 0;
const newPhone = () => `+4144668${String(++lastNumber).padStart(4, '0')}`;
const hourMs = 3_600_000;

async function proofFor(phone: string) {
  server.pass(31_000);
  const { body } = await server.ask('POST', '/api/login', { body: { phone } });
  return { requestId: (body as { requestId: string }).requestId, code: server.lastCode() };
}
async function numberProof(who: SignedIn, phone: string) {
  server.pass(31_000);
  const { body } = await server.ask('POST', '/api/number/code', { body: { phone }, headers: bearer(who) });
  return { requestId: (body as { requestId: string }).requestId, code: server.lastCode() };
}
const verify = (body: object, headers = {}) => server.ask('POST', '/api/verify', { body, headers });

test('[AC-12] a PIN is set, asked for after the code, and switched off', async () => {
  const ann = await server.signIn(newPhone());
  const asAnn = { headers: bearer(ann) };
  expect(await server.ask('GET', '/api/pin', asAnn)).toMatchObject({ body: { isSet: false } });
  expect(await server.ask('PUT', '/api/pin', { ...asAnn, body: { pin: '2580' } })).toMatchObject({ status: 200 });
  expect(await server.ask('GET', '/api/pin', asAnn)).toMatchObject({ body: { isSet: true } });
  const proof = await proofFor(ann.phone);
  expect(await verify(proof)).toMatchObject({ status: 200, body: { kind: 'pin-needed', isWrong: false, canStartAnew: false } });
  expect(await verify({ ...proof, pin: '0000' })).toMatchObject({ body: { kind: 'pin-needed', isWrong: true } });
  expect(await verify({ ...proof, pin: '2580' })).toMatchObject({ body: { kind: 'signed-in', userId: ann.userId } });
  expect(await server.ask('DELETE', '/api/pin', asAnn)).toMatchObject({ status: 200 });
  expect(await verify(await proofFor(ann.phone))).toMatchObject({ body: { kind: 'signed-in', userId: ann.userId } });
});

test.each([
  ['too short', '123'],
  ['too long', 'x'.repeat(21)],
  ['half a letter', '123\ud800'],
  ['no text', 1234],
])('[AC-12] a PIN that is %s is not taken', async (_, pin) => {
  const ann = await server.signIn(newPhone());
  const answer = await server.ask('PUT', '/api/pin', { headers: bearer(ann), body: { pin } });
  expect(answer).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
});

test('[AC-13] after seven quiet days a new account has the number and nothing of the old one', async () => {
  const ann = await server.signIn(newPhone());
  await server.ask('PUT', '/api/pin', { headers: bearer(ann), body: { pin: '2580' } });
  server.pass(7 * 24 * hourMs + hourMs);
  const proof = await proofFor(ann.phone);
  expect(await verify(proof)).toMatchObject({ body: { kind: 'pin-needed', canStartAnew: true } });
  const { body } = await verify({ ...proof, anew: true, name: 'Zoe' });
  expect(body).toMatchObject({ kind: 'signed-in', profile: { name: 'Zoe', phone: ann.phone } });
  const zoe = body as SignedIn;
  expect(zoe.userId).not.toBe(ann.userId);
  const old = await server.ask('GET', '/api/me', { headers: bearer(ann) });
  expect(old).toMatchObject({ status: 200, body: { userId: ann.userId } });
  expect((old.body as { profile: object }).profile).not.toHaveProperty('phone');
  expect(await server.ask('GET', `/api/users/${ann.userId}`, { headers: bearer(zoe) })).toMatchObject({ status: 404 });
});

test('[AC-14] a changed number is on every device at once; sessions and contacts stay', async () => {
  const [ann, bob] = [await server.signIn(newPhone()), await server.signIn(newPhone(), 'Bob')];
  await server.ask('POST', '/api/contacts', { headers: bearer(bob), body: { phone: ann.phone } });
  const seen = () => server.ask('GET', `/api/users/${ann.userId}`, { headers: bearer(bob) });
  expect(await seen()).toMatchObject({ body: { phone: ann.phone } });
  const live = openSocket(server.url, { auth: { token: ann.token } });
  await live.heard('ready');
  const phone = newPhone();
  const changed = await server.ask('PUT', '/api/number', { headers: bearer(ann), body: await numberProof(ann, phone) });
  expect(changed).toMatchObject({ status: 200, body: { kind: 'changed', profile: { id: ann.userId, phone } } });
  expect(await live.heard('self')).toMatchObject({ type: 'self', run: { log: selfLog(ann.userId) } });
  live.close();
  expect(await seen()).toMatchObject({ status: 200, body: { name: 'Ann' } });
  expect((await seen()).body).not.toHaveProperty('phone');
  expect(await server.ask('GET', '/api/me', { headers: bearer(ann) })).toMatchObject({ body: { profile: { phone } } });
  expect(await verify(await proofFor(ann.phone))).toMatchObject({ body: { kind: 'name-needed' } });
});

test('[AC-14] a server that dies between the change and the telling tells when it starts again', async () => {
  const [stored, accounts] = [createMemoryEventLog(), createMemoryAccounts()];
  let isDying = false;
  const append: EventLog['append'] = async (log, after, events) => {
    if (isDying) throw new Error('the process ends here');
    return stored.append(log, after, events);
  };
  const secrets = { ...createSecrets(), hashCode };
  const dying = await startServer({ adapters: { eventLog: { ...stored, append }, accounts, secrets } });
  const ann = await dying.signIn(newPhone());
  const sync = async (at: TestServer, request: object) =>
    (await at.ask('POST', '/api/sync', { headers: bearer(ann), body: { version: 1, ...request } })).body as SyncResponse;
  const { self } = await sync(dying, {});
  const known = self && 'snapshot' in self ? { watermark: self.at, chain: self.chain } : undefined;
  dying.pass(31_000);
  const phone = newPhone();
  const { body } = await dying.ask('POST', '/api/number/code', { body: { phone }, headers: bearer(ann) });
  const proof = { requestId: (body as { requestId: string }).requestId, code: dying.lastCode() };
  isDying = true;
  await dying.ask('PUT', '/api/number', { headers: bearer(ann), body: proof });
  expect(await accounts.accountByPhone(phone)).toMatchObject({ user: ann.userId });
  await dying.stop();

  const restarted = await startServer({ adapters: { eventLog: stored, accounts } });
  const { self: run, people } = await sync(restarted, { self: known, people: [ann.userId] });
  expect(run).toMatchObject({ items: [{ type: 'profile', by: ann.userId }] });
  expect(people).toMatchObject([{ id: ann.userId, phone }]);
  expect(await accounts.numbersUntold()).toEqual([]);
  await restarted.stop();
});

test('[RG-6] whose number it is is decided when the op arrives, however long it waited on the device', async () => {
  const [ann, bob] = [await server.signIn(newPhone()), await server.signIn(newPhone(), 'Bob')];
  await server.ask('POST', '/api/contacts', { headers: bearer(bob), body: { phone: ann.phone } });
  const log = selfLog(bob.userId as UserId);
  const queued = { opId: newId(), log, type: 'contact-by-number', writtenAt: 1, payload: { phone: ann.phone } };
  await server.ask('PUT', '/api/number', { headers: bearer(ann), body: await numberProof(ann, newPhone()) });
  server.pass(31_000);
  const cem = await server.signIn(ann.phone, 'Cem');
  const send = () => server.ask('POST', '/api/ops', { headers: bearer(bob), body: { ops: [queued] } });
  const first = await send();
  expect(first.body).toMatchObject({ answers: [{ event: { type: 'contact', payload: { user: cem.userId, on: true } } }] });
  expect((await send()).body).toEqual(first.body);
  const seen = (user: string) => server.ask('GET', `/api/users/${user}`, { headers: bearer(bob) });
  expect(await seen(cem.userId)).toMatchObject({ body: { phone: ann.phone } });
  expect((await seen(ann.userId)).body).not.toHaveProperty('phone');
});

test('[AC-14] asking for a taken number says no more than asking for a free one', async () => {
  const [ann, bob] = [await server.signIn(newPhone()), await server.signIn(newPhone(), 'Bob')];
  server.pass(31_000);
  const ask = (phone: string) => server.ask('POST', '/api/number/code', { headers: bearer(ann), body: { phone } });
  const shapeOf = ({ status, body, headers }: Awaited<ReturnType<typeof ask>>) => {
    const varying = new Set(['date', 'x-request-id']);
    return { status, body: { ...(body as object), requestId: '' }, headers: [...headers].filter(([name]) => !varying.has(name)) };
  };
  expect(shapeOf(await ask(bob.phone))).toEqual(shapeOf(await ask(newPhone())));
  const taken = await numberProof(ann, bob.phone);
  const wrong = { ...taken, code: taken.code === '123456' ? '654321' : '123456' };
  const change = (body: object) => server.ask('PUT', '/api/number', { headers: bearer(ann), body });
  expect(await change(wrong)).toMatchObject({ status: 403, body: { refusal: 'code-invalid' } });
  expect(await change(taken)).toMatchObject({ status: 409, body: { refusal: 'conflict' } });
});

test('[AC-15] the list of devices says where each signed in from, as the server saw it', async () => {
  const phone = newPhone();
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
  const proof = await proofFor(phone);
  const from = (address: string) => ({ 'x-forwarded-for': address, 'user-agent': agent });
  const { body } = await verify({ ...proof, name: 'Ann' }, from('2001:db8:1:2::7'));
  const ann = body as SignedIn;
  await verify(await proofFor(phone), from('192.0.2.7'));
  const { devices } = (await server.ask('GET', '/api/devices', { headers: bearer(ann) })).body as { devices: object[] };
  expect(devices).toMatchObject([
    { label: 'Firefox on Linux', address: '2001:db8:1:2::/64', current: true },
    { label: 'Firefox on Linux', address: '192.0.2.7', current: false },
  ]);
});

test('[AC-1] of two hundred guesses at once over HTTP, five are compared, and the right one after them opens nothing', async () => {
  const phone = newPhone();
  const proof = await proofFor(phone);
  const guesses = Array.from({ length: 200 }, (_, n) => String(n).padStart(6, '0')).filter((code) => code !== proof.code);
  hashed = 0;
  const answers = await Promise.all(guesses.map((code) => verify({ requestId: proof.requestId, code, name: 'Eve' })));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(hashed).toBe(5);
  expect(await verify({ ...proof, name: 'Eve' })).toMatchObject({ status: 403, body: { refusal: 'code-invalid' } });
});
