import { expect, test } from 'vitest';
import { createMeters } from '../metrics/meters.ts';
import { createMemoryEventLog } from '../store/memory/event-log.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { openSocket } from '../../tests/kit/live-client.ts';
import { bearer, startServer } from '../../tests/kit/server.ts';

const { newId } = createSecrets();
const words = 'canary-words';

test('[AC-10][RU-6] whatever happens, no text, number, code or token is logged, nor in a figure', async () => {
  const meters = createMeters();
  let fails = false;
  const memory = createMemoryEventLog();
  const fail = (what: unknown): never => {
    throw new Error(`stumbled over ${JSON.stringify(what)} of +41446681800`, { cause: new Error(`"${words}"`) });
  };
  const eventLog: typeof memory = {
    ...memory,
    messages: async (...args) => (fails ? fail({ text: words }) : memory.messages(...args)),
    messagesIn: async (...args) => (fails ? fail({ text: words }) : memory.messagesIn(...args)),
    conversationsOf: async (...args) => (fails ? fail({ text: words }) : memory.conversationsOf(...args)),
    append: async (...args) => (fails ? fail(args) : memory.append(...args)),
  };
  const server = await startServer({ adapters: { eventLog, meters }, paces: { 'sign-in': 10, read: 1_000, write: 1_000 } });
  const ann = await server.signIn('+41446681800', words);
  const bob = await server.signIn('+41446681801', words);
  const as = (method: string, path: string, body?: unknown) => server.ask(method, path, { body, headers: bearer(ann) });
  const client = openSocket(server.url, { auth: { token: ann.token } });
  await client.heard('ready');

  const everything = async (): Promise<number[]> => {
    const statuses: number[] = [];
    const note = ({ status }: { status: number }) => void statuses.push(status);
    note(await as('POST', '/api/message', { to: bob.userId, text: words }));
    note(await as('POST', '/api/message', { to: bob.userId, text: 'x'.repeat(300_000) + words }));
    note(await as('POST', '/api/message', { to: words, text: words }));
    note(await as('POST', '/api/contacts', { phone: bob.phone, name: words }));
    note(await as('POST', '/api/contacts', { phone: words }));
    note(await as('PUT', `/api/users/${ann.userId}`, { name: words, about: words }));
    note(await as('POST', '/api/sync', { version: 1, ops: [{ opId: words, text: words }] }));
    note(await as('GET', `/api/conversations/${ann.userId}?cursor=${words}`));
    note(await as('GET', `/api/message/${words}`));
    note(await as('GET', `/api/users/${bob.userId}`));
    note(await as('DELETE', `/api/devices/${newId()}`));
    note(await server.ask('POST', '/api/verify', { body: { requestId: words, code: '000000', name: words } }));
    note(await server.ask('POST', '/api/login', { raw: `{"phone":"${words}`, headers: { 'content-type': 'application/json' } }));
    note(await server.ask('GET', `/${words}`, { headers: { 'user-agent': `${words}\r`, referer: words, cookie: `a=${words}` } }));
    client.socket.emit('up', { type: words, text: words });
    await client.send([
      {
        opId: newId(),
        log: `c:${newId()}`,
        type: 'group-created',
        writtenAt: 1,
        payload: { title: words, members: [] },
      } as never,
    ]);
    return statuses;
  };
  await everything();
  fails = true;
  expect(await everything()).toContain(500);
  fails = false;
  for (let n = 0; n < 12; n++) await server.ask('POST', '/api/login', { body: { phone: '+41446681800' } });
  client.close();
  await server.stop();

  const figures = meters.text();
  expect(figures).toMatch(/chatter_refusals_total\{of="request",code="internal"\}/);
  const logged = server.lines.join('') + figures;
  for (const user of [ann.userId, bob.userId, ann.deviceId]) expect(figures).not.toContain(user);
  expect(server.lines.length).toBeGreaterThan(30);
  expect(logged).toMatch(/"msg":"refused"/);
  expect(logged).toMatch(/"level":"error"/);
  const canaries = [
    words,
    ann.phone,
    ann.phone.slice(1),
    bob.phone,
    ann.token,
    bob.token,
    ...server.codes.map(({ code }) => `"${code}"`),
  ];
  for (const canary of canaries) expect(logged).not.toContain(canary);
  for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ server: 'test' });
});
