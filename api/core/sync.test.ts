import { expect, test } from 'vitest';
import {
  CHAIN_START,
  limits,
  rootOf,
  selfLog,
  utf8Bytes,
  type LogId,
  type LogPart,
  type SyncRequest,
  type SyncResponse,
  type UserId,
} from '#sync-protocol';
import { aChain, aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, type CoreWorld } from '../../tests/kit/core-world.ts';
import type { EventLog } from './ports.ts';

const [ann, bob, cem, dan] = [aUser(1), aUser(2), aUser(3), aUser(4)] as const;

type Asked = NonNullable<SyncRequest['logs']>[number];
const start = (log: LogId): Asked => ({ log, watermark: 0, chain: CHAIN_START });
const partOf = async (world: CoreWorld, user: UserId, asked: Asked, rest: Partial<SyncRequest> = {}): Promise<LogPart> =>
  (await world.syncAs(user, { ...(await upToDate(world, user)), logs: [asked], ...rest })).logs[0]!;

/** What a device sends that has everything of the self log and knows the list. */
async function upToDate(world: CoreWorld, user: UserId): Promise<Partial<SyncRequest>> {
  const record = await world.log.record(selfLog(user));
  const { root } = await world.syncAs(user);
  return {
    self: { watermark: record?.head ?? 0, chain: record?.chain ?? CHAIN_START },
    root,
    since: world.clock.now(),
    storeEpoch: 'memory',
  };
}

/** An event log that says what was asked of it. */
function watched(inner: EventLog): { log: EventLog; asked: string[] } {
  const asked: string[] = [];
  const log = Object.fromEntries(
    Object.entries(inner).map(([name, call]) => [
      name,
      (...args: unknown[]) => (asked.push(name), (call as (...a: unknown[]) => unknown)(...args)),
    ]),
  ) as unknown as EventLog;
  return { log, asked };
}

test('[SY-3] nothing new: no event is read, and with the root at hand nothing but the self log head and who changed a profile', async () => {
  const world = createCoreWorld();
  for (const n of [1, 2, 3]) await world.chat(await world.makeGroup(n, ann, [bob]), bob, 3);
  await world.write(bob, [world.say({ log: aLog(1), type: 'member-left', payload: {} })]);
  const request = await upToDate(world, bob);
  const { log, asked } = watched(world.log);
  const server = world.aServer(log);
  const response = await world.syncAs(bob, request, server);
  expect(response).toMatchObject({ logs: [], rows: [], people: [], receipts: [], more: false, root: request.root });
  expect(response.self).toBeUndefined();
  expect(new Set(asked)).toEqual(new Set(['profilesChanged', 'record', 'registers', 'rootPartsOf']));

  server.roots.connect(bob);
  await world.syncAs(bob, request, server);
  asked.length = 0;
  await world.syncAs(bob, request, server);
  expect(asked).toEqual(['record', 'profilesChanged']);
  expect(utf8Bytes(JSON.stringify(response))).toBeLessThan(200);
});

test('[SY-2] a response reflects every op it answers', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const known = await upToDate(world, ann);
  const marker = world.say({ log: selfLog(ann), type: 'read-marker', payload: { conversation: aConversation(1), seq: 1 } });
  const response = await world.syncAs(ann, { ...known, ops: [world.message(log), marker], logs: [start(log)] });
  expect(response.logs[0]).toMatchObject({ kind: 'run', to: 2, head: 2 });
  expect(response.self).toMatchObject({ items: [{ type: 'read-marker' }] });
  expect(response.rows).toMatchObject([{ head: 2 }]);
  expect(response.root).not.toBe(known.root);
});

test('[SY-1] one bad op is refused, the others are done', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const bad = { ...world.message(log), payload: { body: { kind: 'text', text: '' } } };
  const { answers } = await world.syncAs(ann, { ops: [world.message(log), bad, 'nonsense', world.message(log)] });
  expect(answers).toMatchObject([
    { seq: 2 },
    { opId: bad.opId, refusal: 'malformed' },
    { opId: '', refusal: 'malformed' },
    { seq: 3 },
  ]);
});

test('[PV-3] a device too old is told so, but its ops are taken', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const caller = { user: ann, device: 'device' };
  const answer = await world.server.sync.sync(caller, { version: 0, ops: [world.message(log)] });
  expect(answer).toEqual({ refusal: 'client-too-old', answers: [expect.objectContaining({ seq: 2 })], oldestVersion: 1 });
});

test('[SY-4] rows changed since the last sync, less a minute, come when roots differ; all heads when asked', async () => {
  const world = createCoreWorld();
  const [one, two] = [await world.makeGroup(1, ann, [bob]), await world.makeGroup(2, ann, [bob])];
  world.clock.advance(10 * limits.sinceOverlapMs);
  const known = await upToDate(world, ann);
  await world.write(bob, [world.message(two)]);
  const response = await world.syncAs(ann, known);
  expect(response.rows).toMatchObject([{ id: aConversation(2), head: 2, unread: 1, preview: { by: bob, text: 'hello' } }]);
  const { heads, root } = await world.syncAs(ann, { ...known, heads: 'all' });
  expect(heads?.map(([id, head]) => [id, head])).toEqual([
    [aConversation(1), 1],
    [aConversation(2), 2],
  ]);
  expect(rootOf(heads!.map(([id, head, chain]) => ({ id, head, chain })))).toBe(root);
  expect((await world.log.record(one))?.head).toBe(1);
});

test('[RT-1] the root is over visible heads; what was dropped is left out until something new is in it', async () => {
  const world = createCoreWorld();
  const [one, two] = [await world.makeGroup(1, ann, [bob]), await world.makeGroup(2, ann, [bob])];
  await world.write(ann, [world.say({ log: two, type: 'member-removed', payload: { user: bob } }), world.message(two)]);
  const entry = async (log: LogId, seq: number) => ({
    id: log.slice(2) as ReturnType<typeof aConversation>,
    head: seq,
    chain: (await world.log.chainAt(log, seq))!,
  });
  expect((await world.syncAs(bob)).root).toBe(rootOf([await entry(one, 1), await entry(two, 2)]));
  await world.write(bob, [
    world.say({ log: selfLog(bob), type: 'dropped', payload: { conversation: aConversation(1), upTo: 1 } }),
  ]);
  expect((await world.syncAs(bob)).root).toBe(rootOf([await entry(two, 2)]));
  await world.write(ann, [world.message(one)]);
  expect((await world.syncAs(bob)).root).toBe(rootOf([await entry(one, 2), await entry(two, 2)]));
  expect(await partOf(world, bob, { ...start(one), empty: true })).toMatchObject({
    windowStart: 2,
    messages: [{ seq: 2 }],
    row: { unread: 1 },
  });
});

test('[SY-5] who never was a member and what does not exist are told alike', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  expect(await partOf(world, dan, start(log))).toEqual({ kind: 'unknown', log });
  expect(await partOf(world, dan, start(aLog(99)))).toEqual({ kind: 'unknown', log: aLog(99) });
  expect(await partOf(world, ann, start(selfLog(bob)))).toEqual({ kind: 'unknown', log: selfLog(bob) });
});

test('[SY-5] a run brings a device up to the head; at the head it is empty', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 3);
  const run = await partOf(world, ann, { log, watermark: 1, chain: (await world.log.chainAt(log, 1))! });
  expect(run).toMatchObject({ kind: 'run', from: 1, to: 4, head: 4, items: [{ seq: 2 }, { seq: 3 }, { seq: 4 }] });
  expect(JSON.stringify(run)).not.toContain('bodyHash');
  const chain = (await world.log.chainAt(log, 4))!;
  expect(await partOf(world, ann, { log, watermark: 4, chain })).toMatchObject({
    kind: 'run',
    from: 4,
    to: 4,
    toChain: chain,
    items: [],
  });
});

test('[SY-5] who was removed gets the events up to that one, then gone; with purge nothing but gone', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob, cem]);
  const remove = (user: UserId, purge: boolean) => world.say({ log, type: 'member-removed', payload: { user, purge } });
  await world.write(ann, [world.message(log), remove(bob, false), remove(cem, true), world.message(log)]);
  expect(await partOf(world, bob, start(log))).toMatchObject({ kind: 'run', to: 3, head: 3 });
  const at = { log, watermark: 3, chain: (await world.log.chainAt(log, 3))! };
  expect(await partOf(world, bob, at)).toEqual({ kind: 'gone', log, from: 3, to: 3, purge: false });
  expect(await partOf(world, cem, start(log))).toEqual({ kind: 'gone', log, from: 0, to: 4, purge: true });
  expect(await world.syncAs(cem)).toMatchObject({ root: rootOf([]), self: { rows: [] } });
  await expect(world.server.reader.history(cem, aConversation(1), {})).rejects.toMatchObject({ code: 'not-found' });
  expect((await world.log.register(cem, `member:${aConversation(1)}`))?.value).toMatchObject({
    spans: [{ from: 1, to: 4 }],
    purge: true,
  });
});

test('[SY-5] purge counts only under joined history', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const open = world.say({ log, type: 'policy-changed', payload: { history: 'shared' } });
  await world.write(ann, [open, world.say({ log, type: 'member-removed', payload: { user: bob, purge: true } })]);
  expect(await partOf(world, bob, start(log))).toMatchObject({ kind: 'run', to: 3 });
});

test('[SY-6] a window replaces a run when nothing is held or too much is missing', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 70);
  const window = await partOf(world, ann, { ...start(log), empty: true });
  expect(window).toMatchObject({ kind: 'window', from: 0, head: 71, windowStart: 22, row: { head: 71 }, state: { asOf: 71 } });
  expect(window.kind === 'window' && window.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => 22 + i));
  expect(await partOf(world, ann, start(log))).toMatchObject({ kind: 'run', to: 71 });
  await world.chat(log, bob, limits.windowBehindEvents);
  expect(await partOf(world, ann, start(log))).toMatchObject({ kind: 'window', from: 0, head: 71 + limits.windowBehindEvents });
});

test('[SY-6] a window replaces a run of more than a mebibyte', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const long = 'x'.repeat(limits.textBytesMax - 10);
  for (let i = 0; i < 7; i++)
    await world.write(
      bob,
      Array.from({ length: 10 }, () => world.message(log, long)),
    );
  const window = await partOf(world, ann, start(log));
  expect(window).toMatchObject({ kind: 'window', head: 71 });
  expect(window.kind === 'window' && window.messages.length).toBe(3);
  expect(window).toMatchObject({ windowStart: 69 });
});

test('[SY-11] another chain at the watermark, or a watermark above the head, is answered with a reset', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 3);
  const reset = { kind: 'reset', why: 'fork', from: 0, head: 4, windowStart: 1 };
  expect(await partOf(world, ann, { log, watermark: 2, chain: aChain(2, 9) })).toMatchObject(reset);
  expect(await partOf(world, ann, { log, watermark: 9, chain: aChain(9, 9) })).toMatchObject(reset);
  const { self } = await world.syncAs(ann, { self: { watermark: 1, chain: aChain(1, 9) } });
  expect(self).toMatchObject({ at: 1, snapshot: [{ key: `member:${aConversation(1)}` }] });
});

test('[SY-11] a read that turns out older than the watermark is answered behind, not with a reset', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const stale = await world.log.record(log);
  await world.chat(log, bob, 3);
  let reads = 0;
  const record: EventLog['record'] = async (of) => (of === log && reads++ === 0 ? stale : world.log.record(of));
  const membership: EventLog['membership'] = async (of, user) => ({ ...(await world.log.membership(of, user))!, revised: 1 });
  const server = world.aServer({ ...world.log, record, membership });
  const { logs } = await world.syncAs(ann, { logs: [{ log, watermark: 4, chain: aChain(4) }] }, server);
  expect(logs[0]).toMatchObject({ kind: 'behind', log });
});

test('[SY-9] under another store epoch ops are untried, logs are reset, the self log comes whole', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const known = await upToDate(world, ann);
  const op = world.message(log);
  const response = await world.syncAs(ann, { ...known, storeEpoch: 'before the restore', ops: [op], logs: [start(log)] });
  expect(response.answers).toEqual([{ opId: op.opId, refusal: 'untried' }]);
  expect(response.logs).toMatchObject([{ kind: 'reset', why: 'store-epoch', head: 1 }]);
  expect(response.self).toMatchObject({ at: 1, rows: [{ head: 1 }] });
  expect((await world.log.record(log))?.head).toBe(1);
});

test('[RN-2][SY-10] parts are cut by bytes, in the order asked, and every round brings something', async () => {
  const world = createCoreWorld();
  const logs = await Promise.all([1, 2, 3].map((n) => world.makeGroup(n, ann, [bob])));
  for (const log of logs) for (let i = 0; i < 20; i++) await world.write(bob, [world.message(log, 'x'.repeat(900))]);
  const asked = new Map<LogId, Asked>(logs.map((log) => [log, start(log)]));
  const known = await upToDate(world, ann);
  const budgetBytes = limits.responseBytesMin;
  let rounds = 0;
  for (let more = true; more; rounds++) {
    const response: SyncResponse = await world.syncAs(ann, { ...known, logs: [...asked.values()], budgetBytes });
    const largest = Math.max(...response.logs.map((part) => utf8Bytes(JSON.stringify(part))));
    expect(largest).toBeLessThan(budgetBytes + 1_500);
    expect(response.logs[0]).toMatchObject({ log: [...asked.keys()][0] });
    expect(response.logs.length + response.rows.length).toBe(asked.size);
    if (rounds === 0) expect(response.logs.length).toBeLessThan(3);
    for (const part of response.logs) {
      if (part.kind !== 'run') continue;
      expect(part.to).toBeGreaterThan(part.from);
      if (part.to === part.head) asked.delete(part.log);
      else asked.set(part.log, { log: part.log, watermark: part.to, chain: part.toChain });
    }
    more = response.more;
  }
  expect(asked.size).toBe(0);
  expect(rounds).toBeGreaterThan(10);
});

test('[RN-2] one item above the budget is sent all the same', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.write(bob, [world.message(log, 'x'.repeat(9_000)), world.message(log, 'x'.repeat(9_000))]);
  const from = { log, watermark: 1, chain: (await world.log.chainAt(log, 1))! };
  expect(await partOf(world, ann, from, { budgetBytes: limits.responseBytesMin })).toMatchObject({ kind: 'run', to: 2, head: 3 });
});

test('[SY-7] a first sign-in gets the self log folded, the newest rows and messages, and further rows in pages', async () => {
  const world = createCoreWorld();
  const count = 300;
  for (let n = 1; n <= count; n++) {
    world.clock.advance(1_000);
    await world.makeGroup(n, ann, [bob]);
  }
  await world.chat(aLog(count), bob, 30);
  const first = await world.syncAs(ann);
  const self = first.self as Extract<typeof first.self, { snapshot: unknown }>;
  expect(self.snapshot.length).toBe(count);
  expect(self.rows.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => aConversation(count - i)));
  expect(first.logs.length).toBe(limits.bootstrapLogsFirst);
  expect(first.logs[0]).toMatchObject({ kind: 'window', from: 0, head: 31, windowStart: 12 });

  // Somebody writes in a conversation that was still to come: the closing comparison finds it, wherever paging passed it by.
  const seen = new Map(self.rows.map((row) => [row.id, row]));
  const known = { self: { watermark: self.at, chain: self.chain }, since: first.now };
  let cursor = self.bootstrap;
  while (cursor !== undefined) {
    world.clock.advance(1_000);
    await world.chat(aLog(20), bob, 1);
    const page: SyncResponse = await world.syncAs(ann, { ...known, bootstrap: cursor });
    for (const row of page.rows) seen.set(row.id, row);
    expect(page.more).toBe(page.bootstrap !== undefined);
    cursor = page.bootstrap;
  }
  const rootSeen = () => rootOf(seen.values());
  const closing = await world.syncAs(ann, { ...known, root: rootSeen() });
  for (const row of closing.rows) seen.set(row.id, row);
  expect(rootSeen()).toBe(closing.root);
});

test('[SY-7] a cursor is a place, not a right; nonsense is refused', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  await world.makeGroup(2, ann, [cem]);
  const cursor = `9999999999999.${aConversation(2)}`;
  expect((await world.syncAs(bob, { ...(await upToDate(world, bob)), bootstrap: cursor })).rows.map(({ id }) => id)).toEqual([
    aConversation(1),
  ]);
  await expect(world.syncAs(bob, { ...(await upToDate(world, bob)), bootstrap: 'nonsense' })).rejects.toMatchObject({
    code: 'malformed',
  });
});

test('[SY-5] rows asked for come, and only those one may see', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  await world.makeGroup(2, ann, [cem]);
  const { rows } = await world.syncAs(bob, {
    ...(await upToDate(world, bob)),
    rowsOf: [aConversation(1), aConversation(2), aConversation(3)],
  });
  expect(rows.map(({ id }) => id)).toEqual([aConversation(1)]);
});

test('[RN-3] after a time away the run counts what was missed and brings what all members share', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const remove = world.say({ log, type: 'member-removed', payload: { user: bob } });
  const rename = world.say({ log, type: 'info-changed', payload: { title: 'Meanwhile' } });
  const add = world.say({ log, type: 'members-added', payload: { members: [bob] } });
  await world.write(ann, [remove, world.message(log, 'secret'), rename, add, world.message(log)]);
  const run = await partOf(world, bob, { log, watermark: 2, chain: (await world.log.chainAt(log, 2))! });
  expect(run).toMatchObject({
    kind: 'run',
    to: 6,
    items: [{ hidden: true, seq: 3, count: 2 }, { seq: 5 }, { seq: 6 }],
    state: { title: 'Meanwhile' },
  });
  expect(JSON.stringify(run)).not.toContain('secret');
});
