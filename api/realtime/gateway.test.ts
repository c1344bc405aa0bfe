import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ConversationId, type Op, type OpId, conversationLog, limits, selfLog } from '#sync-protocol';
import { createSecrets } from '../gateways/secrets.ts';
import { type LiveClient, openSocket } from '../../tests/kit/live-client.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
let ann: SignedIn;
let bob: SignedIn;
let cem: SignedIn;
const open: LiveClient[] = [];
beforeAll(async () => {
  server = await startServer();
  [ann, bob, cem] = [await signIn('Ann'), await signIn('Bob'), await signIn('Cem')];
});
afterEach(() => open.splice(0).forEach((client) => client.close()));
afterAll(() => server.stop());

let lastNumber = 0;
const signIn = (name = 'Ann') => server.signIn(`+4144668${String(++lastNumber).padStart(4, '0')}`, name);
const { newId } = createSecrets();

function connect(who: SignedIn, options: Parameters<typeof openSocket>[1] = {}): LiveClient {
  const client = openSocket(server.url, { ...options, auth: { token: who.token, ...options.auth } });
  open.push(client);
  return client;
}
async function connected(who: SignedIn): Promise<LiveClient> {
  const client = connect(who);
  await client.heard('ready');
  return client;
}

const opOf = (type: string, id: ConversationId, payload: unknown) =>
  ({ opId: newId() as OpId, log: conversationLog(id), type, writtenAt: 1, payload }) as Op;
const text = (words: string) => ({ body: { kind: 'text', text: words } });
const doOps = async (who: SignedIn, ...ops: Op[]) => {
  const { body } = await server.ask('POST', '/api/ops', { body: { ops }, headers: bearer(who) });
  return (body as { answers: { seq?: number; refusal?: string }[] }).answers;
};
async function aGroup(owner: SignedIn, ...members: SignedIn[]): Promise<ConversationId> {
  const id = newId() as ConversationId;
  await doOps(owner, opOf('group-created', id, { title: 'Group', members: members.map(({ userId }) => userId) }));
  return id;
}
const textsHeard = ({ downs }: LiveClient) =>
  downs.flatMap((down) =>
    down.type === 'run'
      ? down.run.items.flatMap((item) =>
          'type' in item && item.type === 'message' ? [(item.payload as ReturnType<typeof text>).body.text] : [],
        )
      : [],
  );

test('[LV-2] rooms are joined before ready: what is said the moment after is heard', async () => {
  const id = await aGroup(ann, bob);
  const client = connect(bob);
  const ready = await client.heard('ready');
  expect(ready).toMatchObject({ storeEpoch: 'memory', root: expect.stringMatching(/^[0-9a-f]{16}$/) as string });
  expect(ready.self.head).toBeGreaterThan(0);
  await doOps(ann, opOf('message', id, text('now')));
  expect((await client.heard('run')).run).toMatchObject({ log: conversationLog(id), from: 1, to: 2 });
});

test('[LV-2] a device that speaks before it is ready is answered', async () => {
  const id = await aGroup(ann, bob);
  const client = connect(ann);
  expect(await client.send([opOf('message', id, text('early'))])).toMatchObject([{ seq: 2 }]);
});

test('[LV-1] one’s own other devices hear of it in the self log', async () => {
  const client = await connected(ann);
  await aGroup(ann, bob);
  expect((await client.heard('self')).run.log).toBe(selfLog(ann.userId));
});

test('[LV-2] who is added while connected hears from then on', async () => {
  const client = await connected(cem);
  const id = await aGroup(ann, bob);
  await doOps(ann, opOf('members-added', id, { members: [cem.userId] }));
  await doOps(ann, opOf('message', id, text('welcome')));
  await expect.poll(() => textsHeard(client)).toEqual(['welcome']);
});

test('[LV-5] who is removed hears of it, and nothing after it', async () => {
  const id = await aGroup(ann, bob, cem);
  const [removed, stays] = [await connected(cem), await connected(bob)];
  await doOps(
    ann,
    opOf('message', id, text('before')),
    opOf('member-removed', id, { user: cem.userId }),
    opOf('message', id, text('after')),
  );
  await stays.wait(() => textsHeard(stays).includes('after') || undefined, 'after');
  await removed.wait(
    () =>
      removed.downs.some(
        (down) => down.type === 'run' && down.run.items.some((item) => 'type' in item && item.type === 'member-removed'),
      ) || undefined,
    'the removal',
  );
  expect(textsHeard(removed)).toEqual(['before']);
});

test('[LV-5] who is removed while joining is not left in the room', async () => {
  const slow = await startServer();
  const [owner, goes] = [await slow.signIn('+41446681800', 'Ann'), await slow.signIn('+41446681801', 'Bob')];
  const ask = (ops: Op[]) => slow.ask('POST', '/api/ops', { body: { ops }, headers: bearer(owner) });
  for (let round = 0; round < 20; round++) {
    const id = newId() as ConversationId;
    await ask([opOf('group-created', id, { title: 'Group', members: [goes.userId] })]);
    const client = openSocket(slow.url, { auth: { token: goes.token } });
    client.socket.once('connect', () => void ask([opOf('member-removed', id, { user: goes.userId })]));
    await client.heard('ready');
    await client.wait(() => client.downs.length > 1 || undefined, 'something', 200).catch(() => undefined);
    await ask([opOf('message', id, text('secret'))]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(textsHeard(client)).toEqual([]);
    client.close();
  }
  await slow.stop();
});

test('[AC-6] revoking a device closes its sockets within a second, with the reason', async () => {
  const phone = `+4144668${String(++lastNumber).padStart(4, '0')}`;
  const lost = await server.signIn(phone);
  server.pass(31_000);
  const kept = await server.signIn(phone);
  const client = await connected(lost);
  const startedMs = performance.now();
  await server.ask('DELETE', `/api/devices/${lost.deviceId}`, { headers: bearer(kept) });
  expect(await client.heard('refused')).toEqual({ type: 'refused', refusal: 'revoked' });
  await client.closed();
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  expect(await connect(lost).heard('refused')).toEqual({ type: 'refused', refusal: 'revoked' });
});

test('[AC-6] signing out closes one’s own sockets', async () => {
  const who = await signIn();
  const client = await connected(who);
  await server.ask('POST', '/api/sign-out', { headers: bearer(who) });
  expect(await client.heard('refused')).toMatchObject({ refusal: 'signed-out' });
});

test.each([
  ['no session', { token: undefined }, 'signed-out'],
  ['a made-up token', { token: 'x' }, 'signed-out'],
  ['no version', { version: undefined }, 'malformed'],
  ['a version of words', { version: '1' }, 'malformed'],
  ['a version that is too old', { version: 0 }, 'client-too-old'],
])('[PV-1][LV-2] %s is refused in the words of the protocol', async (_, auth, refusal) => {
  const client = connect(ann, { auth });
  expect(await client.heard('refused')).toEqual({ type: 'refused', refusal });
  await client.closed();
});

test.each(['websocket', 'polling'] as const)('[AC-5] %s with a cookie needs our origin', async (transport) => {
  const phone = `+4144668${String(++lastNumber).padStart(4, '0')}`;
  const origin = server.url;
  const { body } = await server.ask('POST', '/api/login', { body: { phone }, headers: { origin } });
  const proof = { requestId: (body as { requestId: string }).requestId, code: server.lastCode(), name: 'Dan' };
  const verified = await server.ask('POST', '/api/verify', { body: proof, headers: { origin } });
  const cookie = verified.headers.getSetCookie()[0]!.split(';')[0]!;
  const open = (extraHeaders: Record<string, string>) =>
    connect(ann, { transports: [transport], extraHeaders, auth: { token: undefined } });
  await open({ cookie, origin }).heard('ready');
  for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }, { cookie, origin: 'null' }]) {
    expect(await open(headers).closed()).toMatch(/websocket error|xhr poll error/);
  }
  expect(await open({ origin: 'https://evil.example' }).heard('refused')).toMatchObject({ refusal: 'signed-out' });
  expect(await open({ cookie: `${cookie}; chatter-signed-out=1`, origin }).heard('refused')).toMatchObject({
    refusal: 'signed-out',
  });
  expect(await open({ cookie, origin }).heard('refused')).toMatchObject({ refusal: 'signed-out' });
});

test('typing is heard by the others of the room, and from nobody else', async () => {
  const id = await aGroup(ann, bob);
  const [speaks, other, stranger] = [await connected(ann), await connected(bob), await connected(cem)];
  stranger.socket.emit('up', { type: 'typing', conversation: id, on: true });
  speaks.socket.emit('up', { type: 'typing', conversation: id, on: true });
  expect(await other.heard('typing')).toEqual({ type: 'typing', conversation: id, user: ann.userId, on: true });
  expect(other.downs.filter(({ type }) => type === 'typing')).toHaveLength(1);
  expect(speaks.downs.filter(({ type }) => type === 'typing')).toHaveLength(0);
});

test('what arrived is told to the others', async () => {
  const id = await aGroup(ann, bob);
  await doOps(ann, opOf('message', id, text('hi')));
  const [writes, reads] = [await connected(ann), await connected(bob)];
  reads.socket.emit('up', { type: 'received', received: [{ conversation: id, seq: 2 }] });
  expect(await writes.heard('receipts')).toMatchObject({ conversation: id, people: [{ user: bob.userId, delivered: 2 }] });
});

test('under another store epoch ops are answered untried', async () => {
  const id = await aGroup(ann, bob);
  const client = await connected(ann);
  expect(await client.send([opOf('message', id, text('hi'))], 'another')).toMatchObject([{ refusal: 'untried' }]);
});

test('[AC-2] a socket that says too much is told to wait, op by op', async () => {
  const client = await connected(await signIn());
  const op = opOf('message', newId() as ConversationId, text('x'));
  const answers = await Promise.all(Array.from({ length: 400 }, () => client.send([op])));
  expect(answers.flat().filter((answer) => 'refusal' in answer && answer.refusal === 'too-fast').length).toBeGreaterThan(50);
  expect(answers.flat().every((answer) => answer.opId === op.opId)).toBe(true);
});

test('[AC-9] frames that are not of the protocol are not answered, and end the link', async () => {
  const client = await connected(ann);
  const odd: unknown[] = [
    null,
    1,
    'x',
    [],
    {},
    { type: 'error' },
    { type: '__proto__' },
    { type: 'typing', conversation: {}, on: 'yes' },
  ];
  for (let i = 0; i < 3; i++) for (const frame of odd) client.socket.emit('up', frame);
  await client.closed();
  expect((await server.ask('GET', '/health')).status).toBe(200);
});

test('[AC-9] events of other names, "error" among them, do nothing', async () => {
  const client = await connected(ann);
  const wire = client.socket.io.engine as unknown as { write(frame: string): void };
  for (const name of ['error', 'down', 'up ', '__proto__']) wire.write(`42${JSON.stringify([name, { type: 'x' }])}`);
  wire.write('42[["up"],{}]');
  await client.closed().catch(() => undefined);
  expect((await server.ask('GET', '/health')).status).toBe(200);
});

test('a frame above the limit closes the link and is not kept', async () => {
  const client = await connected(ann);
  client.socket.emit('up', { type: 'ops', storeEpoch: 'x'.repeat(limits.socketFrameBytesMax), ops: [] });
  expect(await client.closed()).toMatch(/transport (close|error)/);
});

test('[LV-6] a server that stops says when to come back', async () => {
  const other = await startServer();
  const who = await other.signIn('+41446681800');
  const client = openSocket(other.url, { auth: { token: who.token } });
  await client.heard('ready');
  const stopped = other.stop();
  expect(await client.heard('goodbye')).toEqual({ type: 'goodbye', reconnectInMs: 1_000, jitterMs: 1_000 });
  await client.closed();
  await stopped;
});
