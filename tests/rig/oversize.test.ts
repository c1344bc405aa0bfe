/** Every bound of what a server takes: its size is taken, one more is refused before it is held. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConversationId, type UserId, conversationLog, limits, selfLog } from '#sync-protocol';
import { createSecrets } from '../../api/gateways/secrets.ts';
import { routes } from '../../api/http/registry.ts';
import type { Route } from '../../api/http/route.ts';
import { until } from '../e2e/kit/until.ts';
import { headOf, offer } from '../kit/raw-http.ts';
import { type RawSocket, frameOf, headerOf, openRawDevice } from '../kit/raw-socket.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../kit/server.ts';
import { counts } from './kit/tier.ts';

let server: TestServer;
let ann: SignedIn;
let group: ConversationId;
const { newId } = createSecrets();
beforeAll(async () => {
  server = await startServer();
  ann = await server.signIn('+41446681800');
  group = newId() as ConversationId;
  await doOps([anOp('group-created', { title: 'Group', members: [] })]);
});
afterAll(() => server.stop());

const declared = Object.entries(routes as Record<string, Route>);
const takesBody = declared.filter(([, { body }]) => !body.safeParse(undefined).success);
const takesNone = declared.filter(([, { body }]) => body.safeParse(undefined).success);
const json = { 'content-type': 'application/json' };
const { requestBytesMax, socketFrameBytesMax } = limits;
const placeOf = ({ path }: Route) => path.replace(':userId', ann.userId).replace(/:\w+/g, () => newId());
const anOp = (type: string, payload: unknown) => ({ opId: newId(), log: conversationLog(group), type, writtenAt: 1, payload });
const ofSelf = (type: string, payload: unknown) => ({ ...anOp(type, payload), log: selfLog(ann.userId) });
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

type Answered = { readonly seq?: number; readonly refusal?: string };
async function doOps(ops: readonly unknown[]): Promise<readonly Answered[]> {
  const { body } = await server.ask('POST', '/api/ops', { body: { ops }, headers: bearer(ann) });
  return (body as { answers: readonly Answered[] }).answers;
}

/** JSON of exactly so many bytes: white space is part of it. */
const bodyOf = (bytes: number): string => '{}'.padEnd(bytes);

describe.each(takesBody)('the body of %s', (_, route) => {
  const send = (bytes: number, headers: Readonly<Record<string, string>> = {}) =>
    server.ask(route.method.toUpperCase(), placeOf(route), {
      raw: bodyOf(bytes),
      headers: { ...json, ...bearer(ann), ...headers },
    });

  test(`is read up to ${requestBytesMax} bytes, and one more is refused`, async () => {
    expect((await send(requestBytesMax)).status).not.toBe(413);
    expect(await send(requestBytesMax + 1)).toMatchObject({ status: 413, body: { refusal: 'too-large' } });
  });

  test('is refused by its announced size, before any of it is sent', async () => {
    const head = headOf(route.method.toUpperCase(), placeOf(route), {
      ...json,
      authorization: `Bearer ${ann.token}`,
      'content-length': 1e9,
    });
    expect(await offer({ port: server.port, head })).toMatchObject({ status: 413 });
  });

  test('is read no further when it does not say how long it is', async () => {
    const head = headOf(route.method.toUpperCase(), placeOf(route), {
      ...json,
      authorization: `Bearer ${ann.token}`,
      'transfer-encoding': 'chunked',
    });
    const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
    const { status, takenBytes } = await offer({ port: server.port, head, parts: Array<Buffer>(1_000).fill(chunk) });
    // 413, unless the end of the connection was faster than the word.
    expect([413, 0]).toContain(status);
    expect(takenBytes).toBeLessThan(16 * 1024 * 1024);
  });
});

test('what a route without a body is sent all the same is not held', async () => {
  for (const [name, route] of takesNone) {
    if (name === 'signOut') continue;
    const head = headOf(route.method.toUpperCase(), placeOf(route), {
      ...json,
      authorization: `Bearer ${ann.token}`,
      connection: 'close',
      'content-length': 1e9,
    });
    const { status, takenBytes } = await offer({ port: server.port, head, parts: Array<Buffer>(500).fill(Buffer.alloc(65_536)) });
    expect(status, name).toBeLessThan(500);
    expect(takenBytes, name).toBeLessThan(32 * 1024 * 1024);
  }
});

test('who is not signed in is refused before a body is read', async () => {
  const head = headOf('POST', '/api/sync', { ...json, 'content-length': requestBytesMax });
  expect(await offer({ port: server.port, head, withinMs: 1_000 })).toMatchObject({ status: 401 });
});

test('the head of a request has 16 KiB', async () => {
  const status = async (bytes: number) =>
    (await offer({ port: server.port, head: headOf('GET', '/health', { connection: 'close', x: 'a'.repeat(bytes) }) })).status;
  expect(await status(15 * 1024)).toBe(200);
  expect(await status(16 * 1024)).toBe(431);
  const target = headOf('GET', `/health?${'a'.repeat(20_000)}`, {});
  expect((await offer({ port: server.port, head: target })).status).toBe(431);
});

test(`[LV-2] a frame has ${socketFrameBytesMax} bytes: one more closes the socket with 1009, unread`, async () => {
  const fits = await openRawDevice({ port: server.port, token: ann.token });
  fits.send(frameText(socketFrameBytesMax));
  await until(() => fits.heard.some((text) => text.startsWith('437[')), 'an answer');
  fits.send(frameText(socketFrameBytesMax + 1));
  expect(await fits.closed).toBe(1009);
  // Refused by its announced length: nothing of it had to come.
  const announced = await openRawDevice({ port: server.port, token: ann.token });
  announced.sendBytes(headerOf(1, 1e9));
  expect(await announced.closed).toBe(1009);
  const pieces = await openRawDevice({ port: server.port, token: ann.token });
  sendPieces(pieces);
  expect(await pieces.closed).toBe(1009);
});

/** `ops` with nothing to do, and so long. */
function frameText(bytes: number): string {
  const [before, after] = ['427["up",{"type":"ops","ops":[],"storeEpoch":"', '"}]'];
  return before + 'a'.repeat(bytes - before.length - after.length) + after;
}

/** One message in fragments that never end. */
function sendPieces(raw: RawSocket): void {
  const piece = Buffer.alloc(64 * 1024, 'a');
  for (let n = 0; n < 8; n++) {
    const frame = frameOf(n === 0 ? 1 : 0, piece);
    frame[0] = frame[0]! & 0x7f;
    raw.sendBytes(frame);
  }
}

test(`a poll has ${socketFrameBytesMax} bytes too: one more is 413`, async () => {
  const poll = `${server.url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(poll)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const post = (bytes: number) => fetch(`${poll}&sid=${sid}`, { method: 'POST', body: '6'.repeat(bytes) });
  expect((await post(1_000)).status).toBe(200);
  expect((await post(socketFrameBytesMax + 1)).status).toBe(413);
});

type Bound = {
  readonly what: string;
  readonly max: number;
  readonly refusal: string;
  /** The refusal, or what else was answered. */
  readonly ask: (size: number) => Promise<string | undefined>;
};

const refusalOf = async (op: unknown): Promise<string | undefined> => (await doOps([op]))[0]!.refusal;
const route = async (method: string, path: string, body?: unknown): Promise<string | undefined> =>
  ((await server.ask(method, path, { body, headers: bearer(ann) })).body as { refusal?: string }).refusal;
const sync = (body: object) => route('POST', '/api/sync', { version: 1, ...body });
const body = (text: string) => ({ body: { kind: 'text', text } });
const textOf = (bytes: number) => 'é'.repeat(Math.floor(bytes / 2)) + 'a'.repeat(bytes % 2);
const place = () => ({ conversation: newId(), version: 0 });
const said = () => ({ conversation: newId(), seq: 1 });
const nothing = { log: `c:${newId()}`, watermark: 0, chain: '0'.repeat(16) };

const bounds: readonly Bound[] = [
  {
    what: 'bytes of a text',
    max: limits.textBytesMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(anOp('message', body(textOf(n)))),
  },
  {
    what: 'bytes of a text by route',
    max: limits.textBytesMax,
    refusal: 'malformed',
    ask: (n) => route('POST', '/api/message', { conversationId: group, text: textOf(n) }),
  },
  {
    what: 'bytes of a draft',
    max: limits.draftBytesMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(ofSelf('draft', { conversation: group, text: textOf(n) })),
  },
  {
    what: 'characters of a title',
    max: limits.titleCharsMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(anOp('info-changed', { title: 'é'.repeat(n) })),
  },
  {
    what: 'characters of an about',
    max: limits.aboutCharsMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(anOp('info-changed', { about: 'é'.repeat(n) })),
  },
  {
    what: 'characters of a name',
    max: limits.nameCharsMax,
    refusal: 'malformed',
    ask: (n) => route('PUT', `/api/users/${ann.userId}`, { name: 'é'.repeat(n) }),
  },
  {
    what: 'mentions',
    max: limits.mentionsMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(anOp('message', { body: { kind: 'text', text: 'hi', mentions: many(n, newId) } })),
  },
  {
    what: 'people brought in at once',
    max: limits.groupMembersMax,
    refusal: 'malformed',
    ask: (n) => refusalOf(anOp('members-added', { members: many(n, () => ann.userId satisfies UserId) })),
  },
  {
    what: 'ops at once',
    max: limits.opsPerSyncMax,
    refusal: 'malformed',
    ask: (n) => route('POST', '/api/ops', { ops: many(n, () => ({})) }),
  },
  { what: 'ops of a sync', max: limits.opsPerSyncMax, refusal: 'malformed', ask: (n) => sync({ ops: many(n, () => ({})) }) },
  // What is around it are the marks of an array and of a string.
  {
    what: 'bytes of all ops',
    max: limits.opsBytesMax - 4,
    refusal: 'too-large',
    ask: (n) => route('POST', '/api/ops', { ops: ['a'.repeat(n)] }),
  },
  {
    what: 'bytes of one op',
    max: limits.opBytesMax - 2,
    refusal: 'too-large',
    ask: async (n) => onlyTooLarge((await doOps(['a'.repeat(n)]))[0]!.refusal),
  },
  {
    what: 'logs of a sync',
    max: limits.logsPerSyncMax,
    refusal: 'malformed',
    ask: (n) => sync({ logs: many(n, () => nothing) }),
  },
  { what: 'rows of a sync', max: limits.rowsOfMax, refusal: 'malformed', ask: (n) => sync({ rowsOf: many(n, newId) }) },
  { what: 'people of a sync', max: limits.peopleOfMax, refusal: 'malformed', ask: (n) => sync({ people: many(n, newId) }) },
  {
    what: 'receipts of a sync',
    max: limits.receiptsOfMax,
    refusal: 'malformed',
    ask: (n) => sync({ receiptsOf: many(n, place) }),
  },
  {
    what: 'what arrived, in a sync',
    max: limits.receivedMax,
    refusal: 'malformed',
    ask: (n) => sync({ received: many(n, said) }),
  },
  { what: 'bytes of an answer', max: limits.responseBytesMax, refusal: 'malformed', ask: (n) => sync({ budgetBytes: n }) },
  {
    what: 'a page of history',
    max: limits.historyPageMax,
    refusal: 'malformed',
    ask: (n) => route('GET', `/api/message/${group}?limit=${n}`),
  },
  {
    what: 'characters of a cursor',
    max: 128,
    refusal: 'malformed',
    ask: (n) => malformedAt('query.cursor', 'GET', `/api/conversations/${ann.userId}?cursor=${'a'.repeat(n)}`),
  },
  {
    what: 'characters of a number',
    max: 32,
    refusal: 'malformed',
    ask: (n) => malformedAt('body.phone', 'POST', '/api/login', { phone: '1'.repeat(n) }),
  },
];

const onlyTooLarge = (refusal: string | undefined) => (refusal === 'too-large' ? refusal : undefined);
/** What fits may be refused for what it says; for its size a schema names where. */
const malformedAt = async (where: string, method: string, path: string, given?: unknown): Promise<string | undefined> => {
  const answer = (await server.ask(method, path, { body: given, headers: bearer(ann) })).body as Record<string, string>;
  return answer['detail'] === where ? answer['refusal'] : undefined;
};

test.each(bounds)('[RF-1] $what: $max, and not one more', async ({ max, refusal, ask }) => {
  expect(await ask(max)).toBeUndefined();
  expect(await ask(max + 1)).toBe(refusal);
});

const uploads = counts({ test: 20, torture: 200 });

test(`${uploads} bodies without end at once are not held`, async () => {
  const head = headOf('POST', '/api/sync', { ...json, authorization: `Bearer ${ann.token}`, 'transfer-encoding': 'chunked' });
  const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
  const before = process.memoryUsage.rss();
  const answers = await Promise.all(
    many(uploads, () => offer({ port: server.port, head, parts: Array<Buffer>(1_000).fill(chunk) })),
  );
  // Both ends are in this process. Held, it would be 64 MB each.
  expect(process.memoryUsage.rss() - before).toBeLessThan(uploads * 8 * 1024 * 1024);
  expect(answers.every(({ takenBytes }) => takenBytes < 16 * 1024 * 1024)).toBe(true);
});
