import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ConversationId,
  type HistoryPage,
  type SyncResponse,
  directConversationId,
  directSeed,
  syncResponseSchema,
} from '#sync-protocol';
import { createSecrets } from '../gateways/secrets.ts';
import { openSocket } from '../../tests/kit/live-client.ts';
import { type Asked, bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
let ann: SignedIn;
let bob: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  server = await startServer();
  ann = await server.signIn('+41446681800', 'Ann');
  bob = await server.signIn('+41446681801', 'Bob');
  eve = await server.signIn('+41446681802', 'Eve');
});
afterAll(() => server.stop());

const { newId } = createSecrets();
const as = (who: SignedIn, method: string, path: string, asked: Asked = {}) =>
  server.ask(method, path, { ...asked, headers: { ...bearer(who), ...asked.headers } });
const say = (who: SignedIn, body: unknown) => as(who, 'POST', '/api/message', { body });
const direct = (one: SignedIn, other: SignedIn): ConversationId =>
  directConversationId(createHash('sha256').update(directSeed(one.userId, other.userId)).digest());
const textsOf = (body: unknown) => (body as HistoryPage).messages.map((message) => (message.body as { text: string }).text);

async function aGroup(...members: SignedIn[]): Promise<ConversationId> {
  const id = newId() as ConversationId;
  const payload = { title: 'Group', members: members.map(({ userId }) => userId) };
  const made = await as(ann, 'POST', '/api/ops', { body: { ops: [{ log: `c:${id}`, type: 'group-created', payload }] } });
  expect(made.body).toMatchObject({ answers: [{ seq: 1 }] });
  return id;
}

test('a script says something to a person, and both read it in order', async () => {
  const first = await say(ann, { to: bob.userId, text: 'one' });
  expect(first).toMatchObject({ status: 200, body: { conversationId: direct(ann, bob), seq: 1 } });
  const { conversationId } = first.body as { conversationId: ConversationId };
  expect(await say(bob, { conversationId, text: 'two' })).toMatchObject({ status: 200, body: { seq: 2 } });
  for (const path of [`/api/message/${conversationId}`, `/api/conversations/${conversationId}/messages`]) {
    for (const who of [ann, bob]) expect(textsOf((await as(who, 'GET', path)).body)).toEqual(['one', 'two']);
  }
  const older = await as(ann, 'GET', `/api/message/${conversationId}?before=2&limit=10`);
  expect(textsOf(older.body)).toEqual(['one']);
});

test('[OP-2] the same op by REST, by sync and by socket is one event', async () => {
  const id = await aGroup(bob);
  const op = { opId: newId(), log: `c:${id}`, type: 'message', writtenAt: 1, payload: { body: { kind: 'text', text: 'once' } } };
  const sent = await say(ann, { conversationId: id, text: 'once', opId: op.opId, writtenAt: 5 });
  expect(sent.body).toEqual({ opId: op.opId, conversationId: id, seq: 2 });
  const client = openSocket(server.url, { auth: { token: ann.token } });
  await client.heard('ready');
  expect(await client.send([op as never])).toEqual([{ opId: op.opId, log: op.log, seq: 2 }]);
  client.close();
  const synced = await as(ann, 'POST', '/api/sync', { body: { version: 1, ops: [op] } });
  expect((synced.body as SyncResponse).answers).toEqual([{ opId: op.opId, log: op.log, seq: 2 }]);
  expect(syncResponseSchema.safeParse(synced.body).success).toBe(true);
  expect(textsOf((await as(bob, 'GET', `/api/message/${id}`)).body)).toEqual(['once']);
});

test('[AC-8] what is not yours is not there, in the very words of what does not exist', async () => {
  const id = await aGroup(bob);
  const unknown = newId();
  const ways = (conversation: string): [string, string, Asked?][] => [
    ['GET', `/api/message/${conversation}`],
    ['GET', `/api/conversations/${conversation}/messages`],
    ['GET', `/api/conversations/${conversation}/state`],
    ['DELETE', `/api/conversations/${conversation}`],
    ['POST', '/api/message', { body: { conversationId: conversation, text: 'hi' } }],
  ];
  for (const [i, [method, path, asked]] of ways(id).entries()) {
    const [, absent, askedAbsent] = ways(unknown)[i]!;
    const [forbidden, missing] = [await as(eve, method, path, asked), await as(eve, method, absent, askedAbsent)];
    expect(forbidden).toMatchObject({ status: 404, body: { refusal: 'not-found' } });
    expect(forbidden.text).toBe(missing.text);
  }
  for (const path of ['users', 'contacts', 'conversations']) {
    const [forbidden, missing] = [
      await as(eve, 'GET', `/api/${path}/${ann.userId}`),
      await as(eve, 'GET', `/api/${path}/${unknown}`),
    ];
    expect(forbidden).toMatchObject({ status: 404, body: { refusal: 'not-found' } });
    expect(forbidden.text).toBe(missing.text);
  }
  expect(await as(eve, 'PUT', `/api/users/${ann.userId}`, { body: { name: 'Eve' } })).toMatchObject({ status: 404 });
});

test('a list shows how far each conversation goes, and one can be taken out of it', async () => {
  const id = await aGroup(bob);
  await say(ann, { conversationId: id, text: 'last' });
  const list = async (who: SignedIn) => {
    const { body } = await as(who, 'GET', `/api/conversations/${who.userId}`);
    return (body as { conversations: { id: string; head: number; preview?: { text: string } }[] }).conversations;
  };
  expect((await list(bob)).find((row) => row.id === id)).toMatchObject({ head: 2, preview: { text: 'last' } });
  expect((await as(bob, 'GET', `/api/conversations/${id}/state`)).body).toMatchObject({ state: { title: 'Group' }, row: { id } });
  expect(await as(bob, 'DELETE', `/api/conversations/${id}`)).toMatchObject({ status: 200 });
  expect((await list(bob)).some((row) => row.id === id)).toBe(false);
  expect((await list(ann)).some((row) => row.id === id)).toBe(true);
});

test('[AC-8] a profile is seen by those who have to do with each other, the number by who knew it', async () => {
  const cem = await server.signIn('+41446681810', 'Cem');
  const dan = await server.signIn('+41446681811', 'Dan');
  const seen = async (who: SignedIn, whom: SignedIn) => (await as(who, 'GET', `/api/users/${whom.userId}`)).body;
  expect(await seen(cem, dan)).toEqual({ refusal: 'not-found' });
  const added = await as(cem, 'POST', '/api/contacts', { body: { phone: '044 668 18 11', name: 'Daniel' } });
  expect(added).toMatchObject({ status: 200, body: { userId: dan.userId } });
  expect(await seen(cem, dan)).toMatchObject({ name: 'Dan', phone: '+41446681811' });
  expect(await seen(dan, cem)).toEqual(expect.not.objectContaining({ phone: expect.anything() as unknown }));
  expect(await seen(dan, cem)).toMatchObject({ name: 'Cem' });
  expect((await as(cem, 'GET', `/api/contacts/${cem.userId}`)).body).toMatchObject({
    contacts: [{ userId: dan.userId, via: ['added'], name: 'Daniel', profile: { name: 'Dan' } }],
  });
  expect((await as(dan, 'GET', `/api/contacts/${dan.userId}`)).body).toMatchObject({
    contacts: [{ userId: cem.userId, via: ['added-me'] }],
  });
  expect(await as(cem, 'DELETE', `/api/contacts/${dan.userId}`)).toMatchObject({ status: 200 });
  expect((await as(cem, 'GET', `/api/contacts/${cem.userId}`)).body).toEqual({ contacts: [] });
  expect(await as(cem, 'POST', '/api/contacts', { body: { phone: '+12015550100' } })).toMatchObject({ status: 404 });
  expect(await as(cem, 'POST', '/api/contacts', { body: { userId: newId() } })).toMatchObject({ status: 404 });
});

test('one’s own profile is changed in parts', async () => {
  const path = `/api/users/${eve.userId}`;
  expect((await as(eve, 'PUT', path, { body: { about: 'hi', hue: 120, role: 'admin', id: 'x' } })).body).toMatchObject({
    name: 'Eve',
    about: 'hi',
    hue: 120,
  });
  expect((await as(eve, 'PUT', path, { body: { name: 'Eva' } })).body).toMatchObject({ name: 'Eva', about: 'hi', hue: 120 });
  expect((await as(eve, 'GET', path)).body).toMatchObject({ id: eve.userId, name: 'Eva', about: 'hi', phone: '+41446681802' });
  expect(await as(eve, 'PUT', path, { body: { name: 'a\u202eb' } })).toMatchObject({ status: 400 });
});

test('[RF-1] a refused op is refused as HTTP refuses', async () => {
  const opId = newId();
  expect(await say(ann, { to: bob.userId, text: 'first', opId })).toMatchObject({ status: 200 });
  expect(await say(ann, { to: bob.userId, text: 'second', opId })).toMatchObject({ status: 409, body: { refusal: 'conflict' } });
  expect(await say(ann, { to: bob.userId, text: '' })).toMatchObject({ status: 400, body: { refusal: 'malformed' } });
  expect(await say(ann, { to: bob.userId, text: '\ud800' })).toMatchObject({ status: 400 });
  expect(await say(ann, { to: newId(), text: 'hi' })).toMatchObject({ status: 404 });
});
