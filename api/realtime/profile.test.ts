import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ConversationId, type Op, type OpId, conversationLog, selfLog } from '#sync-protocol';
import { createSecrets } from '../gateways/secrets.ts';
import { type LiveClient, openSocket } from '../../tests/kit/live-client.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
let ann: SignedIn;
let bob: SignedIn;
let cem: SignedIn;
let dan: SignedIn;
const open: LiveClient[] = [];
const { newId } = createSecrets();

beforeAll(async () => {
  server = await startServer();
  const signIn = (n: number, name: string) => server.signIn(`+4144668190${n}`, name);
  [ann, bob, cem, dan] = [await signIn(1, 'Ann'), await signIn(2, 'Bob'), await signIn(3, 'Cem'), await signIn(4, 'Dan')];
});
afterEach(() => open.splice(0).forEach((client) => client.close()));
afterAll(() => server.stop());

async function connected(who: SignedIn): Promise<LiveClient> {
  const client = openSocket(server.url, { auth: { token: who.token } });
  open.push(client);
  await client.heard('ready');
  return client;
}
const doOps = (who: SignedIn, ...ops: Partial<Op>[]) =>
  server.ask('POST', '/api/ops', {
    body: { ops: ops.map((op) => ({ opId: newId() as OpId, writtenAt: 1, ...op })) },
    headers: bearer(who),
  });
const rename = (who: SignedIn, name: string) =>
  doOps(who, { log: selfLog(who.userId), type: 'profile', payload: { name } } as Partial<Op>);
const aGroup = (owner: SignedIn, ...members: SignedIn[]) =>
  doOps(owner, {
    log: conversationLog(newId() as ConversationId),
    type: 'group-created',
    payload: { title: 'Group', members: members.map(({ userId }) => userId) },
  });
const profilesHeard = ({ downs }: LiveClient) => downs.flatMap((down) => (down.type === 'profile' ? [down.profile] : []));

test('[PR-1] whoever shares conversations or is a contact hears of a new name once, and a stranger nothing', async () => {
  await aGroup(ann, bob);
  await aGroup(bob, ann);
  await server.ask('POST', '/api/contacts', { headers: bearer(cem), body: { phone: ann.phone } });
  const [asBob, asCem, asDan] = [await connected(bob), await connected(cem), await connected(dan)];
  await rename(ann, 'Anna');
  expect((await asBob.heard('profile')).profile).toMatchObject({ id: ann.userId, name: 'Anna' });
  expect((await asCem.heard('profile')).profile).not.toHaveProperty('phone');
  await rename(ann, 'Annabel');
  for (const client of [asBob, asCem]) {
    await client.wait(() => profilesHeard(client).find(({ name }) => name === 'Annabel'), 'the second name');
    expect(profilesHeard(client).map(({ name }) => name)).toEqual(['Anna', 'Annabel']);
  }
  // What Dan hears of himself comes after everything that was told before it.
  await rename(dan, 'Daniel');
  await asDan.wait(() => profilesHeard(asDan).find(({ name }) => name === 'Daniel'), 'his own name');
  expect(profilesHeard(asDan).map(({ id }) => id)).toEqual([dan.userId]);
});

test('[PR-1][PR-2] who was not connected is told by the next sync, with the time of the profile that is then asked for', async () => {
  const sync = async (request: object) =>
    (await server.ask('POST', '/api/sync', { body: { version: 1, ...request }, headers: bearer(bob) })).body as {
      now: number;
      peopleChanged?: [string, number][];
      people: { id: string; name: string; changedAt: number }[];
    };
  await aGroup(ann, bob);
  const { now: since } = await sync({});
  server.pass(3_600_000);
  await rename(ann, 'Ann again');
  const { peopleChanged } = await sync({ since });
  expect(peopleChanged).toEqual([[ann.userId, expect.any(Number)]]);
  const { people } = await sync({ since, people: [ann.userId] });
  const [found] = people.filter(({ id }) => id === ann.userId);
  expect(found).toMatchObject({ name: 'Ann again', changedAt: peopleChanged![0]![1] });
});
