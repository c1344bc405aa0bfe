import { connect } from 'node:net';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type ConversationId, Refusal, isRefused, opSchema, refusals, upSchema } from '#sync-protocol';
import { createParts } from '../../api/compose.ts';
import { createPhoneNumbers } from '../../api/gateways/phone.ts';
import { createSecrets } from '../../api/gateways/secrets.ts';
import type { Call, SignedInCall } from '../../api/http/call.ts';
import { routes } from '../../api/http/registry.ts';
import type { Route } from '../../api/http/route.ts';
import { createLog } from '../../api/log.ts';
import { createMemoryAccounts } from '../../api/store/memory/accounts.ts';
import { createMemoryDeviceLinks } from '../../api/store/memory/device-links.ts';
import { createMemoryPasskeys } from '../../api/store/memory/passkeys.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { createMemoryReceipts } from '../../api/store/memory/receipts.ts';
import { createCheapSecrets } from '../kit/cheap-secrets.ts';
import { createRandom, hostileFrom, pick, type Random } from '../kit/hostile.ts';
import { openSocket } from '../kit/live-client.ts';
import { frameOf, headerOf, openRawDevice, openRawSocket, type RawSocket } from '../kit/raw-socket.ts';
import { bearer, type SignedIn, startServer } from '../kit/server.ts';
import { report } from './kit/figures.ts';
import { counts, seed } from './kit/tier.ts';

const inProcess = counts({ test: 5_000, torture: 1_000_000 });
const live = counts({ test: 500, torture: 40_000 });
const garbled = counts({ test: 500, torture: 10_000 });

const declared = Object.entries(routes as Record<string, Route>);
type Json = Parameters<typeof hostileFrom>[0];
const jsons = new Map<z.ZodMiniType, Json>();
function jsonOf(schema: z.ZodMiniType): Json {
  const json = jsons.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json);
  jsons.set(schema, json);
  return json;
}
const opJson = jsonOf(opSchema);
const { newId } = createSecrets();

/** Ops are unknown to the schema of a sync, so they are made from their own. */
function withOps(body: unknown, random: Random, pool: readonly string[]): unknown {
  if (typeof body !== 'object' || body === null || !('ops' in body) || random() < 0.1) return body;
  return { ...body, ops: Array.from({ length: Math.floor(random() * 6) }, () => hostileFrom(opJson, random, pool)) };
}

test(
  `[RF-1] ${inProcess} generated bodies through every schema and handler: always an answer or a refusal`,
  { timeout: 3_600_000 },
  async () => {
    const world = await aWorld();
    const random = createRandom(seed);
    const reached = new Map<string, number>();
    for (let n = 0; n < inProcess; n++) {
      const [name, route] = pick(random, declared);
      const parts = (['params', 'query', 'body'] as const).map((part) => {
        const json = jsonOf(route[part]);
        return [
          part,
          part === 'body' && json.type === undefined && !json.anyOf
            ? undefined
            : withOps(hostileFrom(json, random, world.pool), random, world.pool),
        ];
      });
      const input = Object.fromEntries(parts) as Record<string, unknown>;
      const outcome = await world.ask(name as keyof typeof routes, input).catch((error: unknown) => error);
      const shown = `seed ${seed}, body ${n}, ${name}: ${JSON.stringify(input).slice(0, 400)}`;
      // A page as of a seq that is not there yet is asked for again later: that is the one 503 a healthy server gives.
      const isBehind = outcome instanceof Refusal && outcome.detail === 'behind';
      if (outcome instanceof Refusal) expect(isBehind ? 0 : refusals[outcome.code].status, shown).toBeLessThan(500);
      else if (outcome instanceof Error) throw new Error(shown, { cause: outcome });
      if (outcome !== undefined) reached.set(name, (reached.get(name) ?? 0) + 1);
    }
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    expect(world.bugs()).toEqual([]);
    // The generator reaches the handlers, not only the schemas.
    for (const [name] of declared) expect(reached.get(name) ?? 0, name).toBeGreaterThan(0);
  },
);

test(
  `[RF-1] ${live} requests and frames over the wire: never a 5xx, never a stack, and the server goes on`,
  { timeout: 3_600_000 },
  async () => {
    const server = await startServer();
    const ann = await server.signIn('+41446681800');
    const random = createRandom(seed + 1);
    // Its own device is not in it: a revoked one would be refused from then on.
    const pool = poolOf([{ ...ann, deviceId: newId() as typeof ann.deviceId }], []);
    let client = openSocket(server.url, { auth: { token: ann.token } });
    for (let n = 0; n < live; n++) {
      const kind = pick(random, ['request', 'request', 'bytes', 'frame', 'raw']);
      if (kind === 'request') await request(n);
      else if (kind === 'bytes') await bytes();
      else {
        if (!client.socket.connected) client = openSocket(server.url, { auth: { token: ann.token } });
        await client.heard('ready');
        if (kind === 'frame') client.socket.emit('up', hostileFrom(jsonOf(upSchema), random, pool));
        else rawFrame(client);
      }
      if (n % 50 === 0) await expectHealthy();
    }
    await expectHealthy();
    client.close();
    expect(server.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    await server.stop();

    async function request(n: number): Promise<void> {
      const [name, route] = pick(random, declared);
      if (name === 'signOut') return;
      const path = route.path.replaceAll(/:\w+/g, () => encodeURIComponent(pick(random, [...pool, '%00', '../x', '{"$ne":1}'])));
      const query = random() < 0.3 ? `?before=${pick(random, ['1', '-1', 'x', '1&before=2', '[$gt]=1', '1e9'])}` : '';
      const body = withOps(hostileFrom(jsonOf(route.body), random, pool), random, pool);
      const raw = random() < 0.1 ? JSON.stringify(body)?.slice(0, -1) : JSON.stringify(body);
      const url = server.url + path + query;
      const sent = { method: route.method.toUpperCase(), headers: { 'content-type': 'application/json', ...bearer(ann) } };
      const response = await fetch(url, { ...sent, ...(route.method !== 'get' && { body: raw ?? '' }) });
      const text = await response.text();
      expect(response.status, `seed ${seed}, request ${n}, ${name}: ${text}`).toBeLessThan(500);
      if (name !== 'history') expect(text).not.toMatch(/\n\s+at |\.ts:\d+/);
    }

    /** What no client of HTTP would send. */
    async function bytes(): Promise<void> {
      const text = pick(random, [
        'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
        'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
        'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        'GET /socket.io/?EIO=3&transport=polling&sid=__proto__ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        '\u0000\u0001\u0002\r\n\r\n',
      ]);
      const answer = await new Promise<string>((resolve) => {
        let heard = '';
        const socket = connect(server.port, '127.0.0.1', () => socket.end(text));
        socket.on('data', (chunk) => (heard += chunk.toString()));
        socket.on('close', () => resolve(heard));
        socket.on('error', () => resolve(heard));
        socket.setTimeout(2_000, () => socket.destroy());
      });
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
      expect(answer).not.toMatch(/\n\s+at /);
    }

    function rawFrame(to: ReturnType<typeof openSocket>): void {
      (to.socket.io.engine as unknown as { write(frame: string): void }).write(pick(random, wordings));
    }

    async function expectHealthy(): Promise<void> {
      const startedMs = performance.now();
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      expect(performance.now() - startedMs).toBeLessThan(1_000);
    }
  },
);

/** Messages of Engine.IO and Socket.IO as nobody means them; some of them have ended servers of others. */
const wordings: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  ...String.raw`
    0 1 2 2probe 3 3probe 4 5 6 7 9 b bAAAA {} 40 40/ 40/admin, 40{ 40null 40[] 4499 4x
    40{"version":1,"token":{}} 40{"version":{},"token":[]} 41 41/x,
    42["error"] 42["error",{}] 42["connect"] 42["disconnect"] 42["connect_error"] 42["newListener"] 42["disconnecting"]
    42["removeListener"] 42["__proto__"] 42["__proto__",1] 42["constructor"] 42["toString",1] 42["up"] 42["up",null,null]
    42 42[ 42[] 42{} 42"up" 42[["up"],{}] 42[{"toString":1},{}] 42[1] 42[null] 42[[]] 42[{}] 42["up", 420["up",1] 42/x 42/x,["up",{}]
    4299999999999999999999["up",{}] 42-1["up",{}] 42["up",{"type":"ops"}] 42["up",{"type":"__proto__"}] 42["up",{"type":["ops"]}]
    42["up",{"type":"typing","conversation":{},"on":1}] 43 43[] 430[] 43999[{"answers":1}] 44 44{} 44"x" 45 45- 46 461-[]
    451-["up",{"_placeholder":true,"num":0}] 451-["up",{"_placeholder":true,"num":-1}] 451-["up",{"_placeholder":true,"num":9}]
    451-["up",{"_placeholder":true,"num":"x"}] 45-["up",{"_placeholder":true,"num":0}] 459999999-["up"]
  `
    .trim()
    .split(/\s+/),
];

/** The same, cut, doubled or with something else in the middle. */
function garble(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  return pick(random, [
    text,
    text.slice(0, at),
    text + text,
    text.slice(0, at) + pick(random, ['\u0000', '\u001e', '"', '[', '}', '9'.repeat(400), '👩‍👩‍👧']) + text.slice(at),
  ]);
}

/** Frames of a WebSocket as no library writes them. */
function brokenFrame(random: Random): Buffer {
  const payload = Buffer.from(pick(random, wordings));
  const whole = frameOf(1, payload);
  const withFirst = (first: number): Buffer => Buffer.concat([Buffer.from([first]), whole.subarray(1)]);
  return pick(random, [
    withFirst(0x01),
    withFirst(0x80),
    withFirst(0xc1),
    withFirst(0x8b),
    frameOf(9, Buffer.alloc(200)),
    frameOf(8, Buffer.from([3])),
    frameOf(8, Buffer.from([0, 0])),
    frameOf(2, payload),
    frameOf(1, Buffer.from([0xff, 0xfe, 0xc0])),
    Buffer.concat([Buffer.from([0x81, payload.length & 127]), payload]),
    headerOf(1, Number.MAX_SAFE_INTEGER),
    whole.subarray(0, 3),
    Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256))),
  ]);
}

test(
  `[LV-2] ${garbled} messages and frames that are none: every socket is answered or closed, and the server goes on`,
  { timeout: 3_600_000 },
  async () => {
    const server = await startServer();
    const ann = await server.signIn('+41446681800');
    const random = createRandom(seed + 2);
    const before = process.memoryUsage.rss();
    const { port } = server;
    const next = (): Promise<RawSocket> => (random() < 0.5 ? openRawDevice({ port, token: ann.token }) : openRawSocket({ port }));
    let raw = await next();
    let sockets = 1;
    for (let n = 0; n < garbled; n++) {
      if (!raw.isOpen() || random() < 0.05) {
        raw.destroy();
        raw = await next();
        sockets++;
      }
      const kind = random();
      if (kind < 0.8) raw.send(garble(pick(random, wordings), random));
      else if (kind < 0.9) raw.sendBytes(brokenFrame(random));
      else await poll(garble(pick(random, wordings), random));
      if (n % 50 === 0) expect((await fetch(`${server.url}/health`)).status).toBe(200);
    }
    raw.destroy();
    // Somebody honest is served after all of it.
    const honest = await openRawDevice({ port, token: ann.token });
    honest.destroy();
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    expect(server.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    report(`sockets opened: ${sockets}; grew by`, [(process.memoryUsage.rss() - before) / 1024 / 1024], 'MiB');
    await server.stop();

    async function poll(body: string): Promise<void> {
      const address = `${server.url}/socket.io/?EIO=4&transport=polling`;
      const opened = await (await fetch(address)).text();
      const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
      const answered = await fetch(`${address}&sid=${pick(random, [sid, sid, 'x', '__proto__'])}`, { method: 'POST', body });
      expect(answered.status).toBeLessThan(500);
    }
  },
);

const poolOf = (people: readonly Pick<SignedIn, 'userId' | 'deviceId'>[], conversations: readonly ConversationId[]): string[] => [
  ...people.flatMap(({ userId, deviceId }) => [userId, deviceId, `u:${userId}`]),
  ...conversations.flatMap((id) => [id, `c:${id}`]),
  newId(),
  `c:${newId()}`,
  '0123456789abcdef',
  '1',
  '20',
];

/** Handlers without HTTP: three people, two groups, and one caller. */
async function aWorld() {
  const lines: string[] = [];
  const codes: string[] = [];
  const clock = { nowMs: Date.now(), now: () => (clock.nowMs += 1_000) };
  const { handlers } = await createParts(
    {
      eventLog: createMemoryEventLog({ clock }),
      receipts: createMemoryReceipts(),
      accounts: createMemoryAccounts(),
      passkeys: createMemoryPasskeys(),
      deviceLinks: createMemoryDeviceLinks(),
      sms: { sendCode: async (_, code) => void codes.push(code) },
      phones: createPhoneNumbers(),
      secrets: createCheapSecrets(),
      clock,
      log: createLog({ level: 'error', serverId: 'test', to: { write: (line) => void lines.push(line) } }),
    },
    {
      serverId: 'test',
      origins: [],
      trustProxy: [],
      appFolder: '/',
      codesPerAddressHour: 1e9,
      codesPerBlockHour: 1e9,
      smsCountries: [],
      codesPerHour: 1e9,
      syncEverySeconds: 300,
    },
  );
  const call: Call = { address: 'a', isBrowser: false, headers: {}, setCookies: () => {}, setStatus: () => {} };
  const signUp = async (phone: string) => {
    const { requestId } = await handlers.login({ params: {}, query: {}, body: { phone } }, call);
    const verified = await handlers.verify(
      { params: {}, query: {}, body: { requestId, code: codes.at(-1)!, name: 'Ann' } },
      call,
    );
    if (verified.kind !== 'signed-in') throw new Error('not signed in');
    return { userId: verified.userId, deviceId: verified.deviceId } as unknown as Pick<SignedIn, 'userId' | 'deviceId'>;
  };
  const people = [await signUp('+41446681800'), await signUp('+41446681801'), await signUp('+41446681802')];
  const caller = { user: people[0]!.userId, device: people[0]!.deviceId };
  const signedIn: SignedInCall = { ...call, caller };
  const groups = [newId(), newId()] as ConversationId[];
  const members = people.slice(1).map(({ userId }) => userId);
  const made = groups.map((id) => ({ log: `c:${id}`, type: 'group-created', payload: { title: 'Group', members } }));
  await handlers.ops({ params: {}, query: {}, body: { ops: made } }, signedIn);
  const pool = poolOf(people, groups);

  async function ask(name: keyof typeof routes, input: Record<string, unknown>): Promise<unknown> {
    const route: Route = routes[name];
    const parsed = {
      params: route.params.safeParse(input['params']),
      query: route.query.safeParse(input['query']),
      body: route.body.safeParse(input['body']),
    };
    if (!parsed.params.success || !parsed.query.success || !parsed.body.success) return undefined;
    const answer = handlers[name] as (given: unknown, by: Call) => Promise<unknown>;
    const said = await answer({ params: parsed.params.data, query: parsed.query.data, body: parsed.body.data }, signedIn);
    remember(said);
    return said;
  }

  /** Messages that came to be are named again; an answer "internal" is a bug. */
  function remember(said: unknown): void {
    if (typeof said !== 'object' || said === null || !('answers' in said)) return;
    for (const one of said.answers as Parameters<typeof isRefused>[0][]) {
      if (isRefused(one)) expect(one.refusal).not.toBe('internal');
      else if (pool.length < 200) pool.push(one.opId);
    }
  }
  return { pool, ask, bugs: () => lines };
}
