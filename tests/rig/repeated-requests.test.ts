import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConversationId } from '#sync-protocol';
import type { CreationOptions, RequestOptions } from '../../api/core/passkeys.ts';
import { routes } from '../../api/http/registry.ts';
import { createSqliteAccounts } from '../../api/store/sqlite/accounts.ts';
import { createSqliteDeviceLinks } from '../../api/store/sqlite/device-links.ts';
import { createSqlitePasskeys } from '../../api/store/sqlite/passkeys.ts';
import { createSqliteReceipts } from '../../api/store/sqlite/receipts.ts';
import { createSqliteStore } from '../../api/store/sqlite/store.ts';
import { createAuthenticator } from '../kit/authenticator.ts';
import { createCheapSecrets } from '../kit/cheap-secrets.ts';
import { openSocket } from '../kit/live-client.ts';
import { aDataDir } from '../kit/processes.ts';
import { mintId } from '../kit/script-client.ts';
import { bearer, type Answered, type SignedIn, startServer } from '../kit/server.ts';

const times = 3;
const replayedAfterMs = 60_000;
const page = { origin: 'https://chat.example.org', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };

type Mutating = {
  [Name in keyof typeof routes]: (typeof routes)[Name]['method'] extends 'get' ? never : Name;
}[keyof typeof routes];
type Asked = { readonly path: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };
type Finishing = (end: () => Promise<void>) => void;
type World = Awaited<ReturnType<typeof aWorld>>;

async function aWorld(onTestFinished: Finishing) {
  const folder = aDataDir();
  const file = join(folder.path, 'chatter.db');
  const store = await createSqliteStore({ file });
  const server = await startServer({
    origins: [page.origin],
    adapters: {
      secrets: createCheapSecrets(),
      eventLog: store.eventLog,
      receipts: createSqliteReceipts(store),
      accounts: createSqliteAccounts(store),
      passkeys: createSqlitePasskeys(store),
      deviceLinks: createSqliteDeviceLinks(store),
    },
  });
  onTestFinished(async () => {
    await server.stop();
    await store.close();
    folder.remove();
  });
  const ann = await server.signIn('+41446681800', 'Ann');
  const ben = await server.signIn('+41446681801', 'Ben');
  server.pass(31_000);
  const annsPhone = await server.signIn('+41446681800');
  const group = mintId<ConversationId>();
  const asAnn = { ...bearer(ann), ...page };
  const did = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = asAnn) => {
    const answered = await server.ask(method, path, { headers, ...(body !== undefined && { body }) });
    if (answered.status !== 200) throw new Error(`${method} ${path}: ${answered.text}`);
    return answered;
  };
  await did('POST', '/api/ops', {
    ops: [
      { log: `c:${group}`, type: 'group-created', payload: { title: 'Rig', members: [ben.userId] } },
      { log: `c:${group}`, type: 'message', payload: { body: { kind: 'text', text: 'Hello' } } },
    ],
  });
  return { server, ann, ben, annsPhone, asAnn, group, did, rows: () => rowsIn(file) };
}

/** Every row of every table. */
function rowsIn(file: string): Readonly<Record<string, readonly unknown[]>> {
  const db = new DatabaseSync(file, { readOnly: true });
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all() as { name: string }[];
  const rows = Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
  db.close();
  return rows;
}
const countsOf = (rows: ReturnType<typeof rowsIn>) =>
  Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, all.length]));

async function aPasskey({ did }: World) {
  const key = createAuthenticator();
  const options = (await did('POST', '/api/passkeys/options')).body as CreationOptions;
  return { key, credential: key.create(options, page) };
}
async function anAddedPasskey(world: World) {
  const { key, credential } = await aPasskey(world);
  const { body } = await world.did('POST', '/api/passkeys', { credential });
  return { key, id: (body as { passkey: { id: string } }).passkey.id };
}
const cookieOf = ({ headers }: Answered) => headers.getSetCookie()[0]!.split(';')[0]!;

/** A browser that waits to be let in, and what Ann found of it. */
async function aLink({ did }: World) {
  const started = await did('POST', '/api/device-links', undefined, page);
  const { token } = started.body as { token: string };
  const { linkId } = (await did('POST', '/api/device-links/find', { token })).body as { linkId: string };
  return { cookie: cookieOf(started), token, path: `/api/device-links/${linkId}` };
}
async function aCode({ did, server }: World, path: string, phone: string, headers?: Readonly<Record<string, string>>) {
  const { requestId } = (await did('POST', path, { phone }, headers)).body as { requestId: string };
  return { requestId, code: server.lastCode() };
}

/** Each route that changes something, at something that it can change. */
const requests: Readonly<Record<Mutating, (world: World) => Promise<Asked>>> = {
  register: async () => ({ path: '/api/register', body: { phone: '+41446681809' } }),
  login: async () => ({ path: '/api/login', body: { phone: '+41446681809' } }),
  verify: async (world) => ({
    path: '/api/verify',
    body: { ...(await aCode(world, '/api/login', '+41446681809', {})), name: 'Cleo' },
  }),
  signOut: async ({ annsPhone }) => ({ path: '/api/sign-out', headers: bearer(annsPhone) }),
  beginPasskey: async ({ asAnn }) => ({ path: '/api/passkeys/options', headers: asAnn }),
  addPasskey: async (world) => ({
    path: '/api/passkeys',
    body: { credential: (await aPasskey(world)).credential },
    headers: world.asAnn,
  }),
  renamePasskey: async (world) => ({
    path: `/api/passkeys/${(await anAddedPasskey(world)).id}`,
    body: { name: 'The blue one' },
    headers: world.asAnn,
  }),
  removePasskey: async (world) => ({ path: `/api/passkeys/${(await anAddedPasskey(world)).id}`, headers: world.asAnn }),
  beginPasskeySignIn: async () => ({ path: '/api/sign-in/passkey/options', headers: page }),
  passkeySignIn: async (world) => {
    const { key } = await anAddedPasskey(world);
    const begun = await world.did('POST', '/api/sign-in/passkey/options', undefined, page);
    const credential = key.use(begun.body as RequestOptions, page);
    return { path: '/api/sign-in/passkey', body: { credential }, headers: { ...page, cookie: cookieOf(begun) } };
  },
  startLink: async () => ({ path: '/api/device-links', headers: page }),
  findLink: async (world) => ({
    path: '/api/device-links/find',
    body: { token: (await aLink(world)).token },
    headers: world.asAnn,
  }),
  approveLink: async (world) => ({ path: (await aLink(world)).path, headers: world.asAnn }),
  denyLink: async (world) => ({ path: (await aLink(world)).path, headers: world.asAnn }),
  collectLink: async (world) => {
    const { path, cookie } = await aLink(world);
    await world.did('PUT', path);
    return { path: '/api/device-links/collect', headers: { ...page, cookie } };
  },
  revokeDevice: async ({ annsPhone, asAnn }) => ({ path: `/api/devices/${annsPhone.deviceId}`, headers: asAnn }),
  setPin: async ({ asAnn }) => ({ path: '/api/pin', body: { pin: 'four words' }, headers: asAnn }),
  removePin: async ({ did, asAnn }) => {
    await did('PUT', '/api/pin', { pin: 'four words' });
    return { path: '/api/pin', headers: asAnn };
  },
  sendNumberCode: async ({ asAnn }) => ({ path: '/api/number/code', body: { phone: '+41446681808' }, headers: asAnn }),
  changeNumber: async (world) => ({
    path: '/api/number',
    body: await aCode(world, '/api/number/code', '+41446681808'),
    headers: world.asAnn,
  }),
  changeUser: async ({ ann, asAnn }) => ({ path: `/api/users/${ann.userId}`, body: { name: 'Ann B.' }, headers: asAnn }),
  addContact: async ({ ben, asAnn }) => ({ path: '/api/contacts', body: { phone: ben.phone }, headers: asAnn }),
  removeContact: async ({ did, ben, asAnn }) => {
    await did('POST', '/api/contacts', { phone: ben.phone });
    return { path: `/api/contacts/${ben.userId}`, headers: asAnn };
  },
  dropConversation: async ({ group, asAnn }) => ({ path: `/api/conversations/${group}`, headers: asAnn }),
  sendMessage: async ({ group, asAnn }) => ({
    path: '/api/message',
    body: { conversationId: group, text: 'Hello again' },
    headers: asAnn,
  }),
  ops: async ({ group, asAnn }) => ({
    path: '/api/ops',
    body: { ops: [{ log: `c:${group}`, type: 'message', payload: { body: { kind: 'text', text: 'Hello again' } } }] },
    headers: asAnn,
  }),
  sync: async ({ ann, group, asAnn }) => ({
    path: '/api/sync',
    body: { version: 1, device: ann.deviceId, ops: [anOp(group)] },
    headers: asAnn,
  }),
};
const anOp = (group: ConversationId) => ({
  opId: mintId(),
  log: `c:${group}`,
  type: 'message',
  writtenAt: Date.now(),
  payload: { body: { kind: 'text', text: 'Hello again' } },
});

/** Whoever asks again with the session that they ended is told that it has ended: who asks comes before what. */
const refusedAfterwards: Partial<Record<Mutating, string>> = { signOut: 'signed-out' };

const said = ({ status, text, headers }: Answered) => JSON.stringify([status, text, headers.getSetCookie()]);
type Send = (asked: Asked) => Promise<Answered>;
const sendTo =
  ({ server }: World, name: Mutating): Send =>
  ({ path, ...asked }) =>
    server.ask(routes[name].method.toUpperCase(), path, asked);

test('[AC-17] every route that changes something is repeated here', () => {
  const mutating = Object.entries(routes).flatMap(([name, { method }]) => (method === 'get' ? [] : [name]));
  expect(Object.keys(requests).toSorted()).toEqual(mutating.toSorted());
});

const names = Object.keys(requests) as Mutating[];

describe(`[AC-17] sent ${times} times at once under one key and again after ${replayedAfterMs / 1_000} s, a request is done once and answered alike`, () => {
  test.concurrent.for(names)('%s', async (name, { expect, onTestFinished }) => {
    const world = await aWorld(onTestFinished);
    const [asked, send] = [await requests[name](world), sendTo(world, name)];
    const keyed = { ...asked, headers: { ...asked.headers, 'idempotency-key': mintId<string>() } };
    const sendAll = () => Promise.all(Array.from({ length: times }, () => send(keyed)));
    const answers = await sendAll();
    const done = answers.find(({ status }) => status === 200)!;
    const rows = world.rows();
    world.server.pass(replayedAfterMs);
    answers.push(...(await sendAll()));
    for (const answer of answers) {
      const { refusal } = answer.body as { refusal?: string };
      if (refusal === undefined || refusal !== refusedAfterwards[name]) expect(said(answer)).toBe(said(done));
    }
    expect(world.rows()).toEqual(rows);

    const once = await aWorld(onTestFinished);
    await sendTo(once, name)(await requests[name](once));
    expect(countsOf(rows)).toEqual(countsOf(once.rows()));
  });
});

test('[AC-17] a key serves one request of one device; what was refused is not kept, and all is forgotten after two minutes', async () => {
  const world = await aWorld(onTestFinished);
  const { server, ben, group } = world;
  const key = mintId<string>();
  const say = (who: SignedIn, text: string, conversationId = group) =>
    server.ask('POST', '/api/message', {
      headers: { ...bearer(who), 'idempotency-key': `"${key}"` },
      body: { conversationId, text },
    });
  const refused = await say(world.ann, 'one', mintId<ConversationId>());
  expect(refused).toMatchObject({ status: 404 });
  const first = await say(world.ann, 'one');
  expect(first).toMatchObject({ status: 200 });
  expect(await say(world.ann, 'two')).toMatchObject({ status: 409, body: { refusal: 'conflict' } });
  expect((await say(ben, 'one')).text).not.toBe(first.text);
  server.pass(2 * 60_000 - 1_000);
  expect((await say(world.ann, 'one')).text).toBe(first.text);
  server.pass(1_001);
  expect((await say(world.ann, 'one')).text).not.toBe(first.text);
  for (const wrong of ['short', 'a b c d e f g h', '"half-a-string']) {
    const headers = { ...world.asAnn, 'idempotency-key': wrong };
    expect(await server.ask('DELETE', '/api/pin', { headers })).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
  }
});

test(`what a socket says about typing and receiving, ${times} times and again later, changes what it changed at first`, async () => {
  const world = await aWorld(onTestFinished);
  const { server, ann, ben, group } = world;
  const [speaks, hears] = [ben, ann].map(({ token }) => openSocket(server.url, { auth: { token } }));
  onTestFinished(() => [speaks, hears].forEach((socket) => socket!.close()));
  await Promise.all([speaks!.heard('ready'), hears!.heard('ready')]);
  const ups = [
    { type: 'received', received: [{ conversation: group, seq: 2 }] },
    { type: 'typing', conversation: group, on: true },
  ];
  const sayAll = async () => {
    for (const up of ups) for (let again = 0; again < times; again++) speaks!.socket.emit('up', up);
    await speaks!.send([]);
    await hears!.wait(() => hears!.downs.find(({ type }) => type === 'receipts'), 'the receipt');
  };
  await sayAll();
  const rows = world.rows();
  server.pass(replayedAfterMs);
  await sayAll();
  expect(world.rows()).toEqual(rows);
  const told = hears!.downs.filter(({ type }) => type === 'receipts').map((down) => JSON.stringify(down));
  expect(new Set(told).size).toBe(1);
});
