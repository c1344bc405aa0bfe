import { expect, test } from 'vitest';
import { CHAIN_START, limits, selfLog, type SyncRequest, type UserId } from '#sync-protocol';
import { aChain, aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, type CoreWorld } from '../../tests/kit/core-world.ts';
import type { EventLog } from './ports.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)] as const;

async function selfOf(world: CoreWorld, user: UserId): Promise<Pick<SyncRequest, 'self'>> {
  const { head, chain } = (await world.log.record(selfLog(user)))!;
  return { self: { watermark: head, chain } };
}

/** Does something once, just before the first such call is answered. */
function before<A extends unknown[], R>(
  call: (...args: A) => Promise<R>,
  something: () => Promise<unknown>,
): (...args: A) => Promise<R> {
  let isDone = false;
  return async (...args) => {
    if (!isDone) {
      isDone = true;
      await something();
    }
    return call(...args);
  };
}

test('[SY-6][VS-3] somebody removed while their conversation is read is answered as of the removal', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, ann, 2);
  const remove = world.say({ log, type: 'member-removed', payload: { user: bob } });
  const membership = before(world.log.membership, () => world.write(ann, [remove, world.message(log)]));
  const { row, state } = await world.aServer({ ...world.log, membership }).reader.conversation(bob, aConversation());
  expect(row).toMatchObject({ head: 4, chain: await world.log.chainAt(log, 4), marks: { seq: 4, ordinal: 2 } });
  expect(state).toMatchObject({ asOf: 4, members: [[ann, 'owner']] });
});

test('[SY-7] a self log folded while it moves is as of one seq', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const pin = world.say({ log: selfLog(ann), type: 'pinned', payload: { conversation: aConversation(), on: true } });
  const registers = before(world.log.registers, () => world.write(ann, [pin]));
  const { self } = await world.syncAs(ann, {}, world.aServer({ ...world.log, registers }));
  expect(self).toMatchObject({ at: 2, snapshot: [{ revised: 1 }, { revised: 2 }] });
});

test('[SY-11] a self log that went another way at the watermark comes whole, and so does one too far ahead', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  await world.makeGroup(2, ann, [bob]);
  expect((await world.syncAs(ann, { self: { watermark: 1, chain: aChain(1, 9) } })).self).toMatchObject({ at: 2 });
  expect((await world.syncAs(ann, { self: { watermark: 9, chain: aChain(9) } })).self).toMatchObject({ at: 2 });
  const chain = (await world.log.chainAt(selfLog(ann), 1))!;
  expect((await world.syncAs(ann, { self: { watermark: 1, chain } })).self).toMatchObject({
    from: 1,
    to: 2,
    items: [{ type: 'joined' }],
  });
});

test('[SY-6] a self log too far behind comes folded', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const known = await selfOf(world, ann);
  const draft = (n: number) =>
    world.say({ log: selfLog(ann), type: 'draft', payload: { conversation: aConversation(), text: `${n}` }, base: n });
  for (let n = 0; n <= limits.windowBehindEvents; n += 50)
    await world.write(
      ann,
      Array.from({ length: 50 }, (_, i) => draft(n + i)),
    );
  expect((await world.syncAs(ann, known)).self).toMatchObject({ snapshot: expect.any(Array) as unknown });
});

test('[SY-6] a watermark below what was compacted is answered with a window', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 9);
  const record: EventLog['record'] = async (of) => {
    const found = await world.log.record(of);
    return found && { ...found, compactedTo: 5 };
  };
  const server = world.aServer({ ...world.log, record });
  const kindAt = async (watermark: number) => {
    const chain = (await world.log.chainAt(log, watermark))!;
    return (await world.syncAs(ann, { ...(await selfOf(world, ann)), logs: [{ log, watermark, chain }] }, server)).logs[0]?.kind;
  };
  expect([await kindAt(4), await kindAt(5)]).toEqual(['window', 'run']);
});

test('[SY-10] when answers alone fill the budget, the first log still says something', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 2);
  const people = Array.from({ length: 150 }, (_, n) => aUser(n + 10));
  const many = world.say({
    log: aLog(2),
    type: 'group-created',
    payload: { title: 'Many', members: [...people, ...people.slice(0, 1)] },
  });
  const known = await world.syncAs(ann, { ops: [many] }).then(() => selfOf(world, ann));
  const response = await world.syncAs(ann, {
    ...known,
    ops: [many],
    budgetBytes: limits.responseBytesMin,
    logs: [{ log, watermark: 0, chain: CHAIN_START }],
  });
  expect(response.self).toBeUndefined();
  expect(response.logs).toMatchObject([{ kind: 'run', to: 1, head: 3 }]);
  expect(response.more).toBe(true);
});

test('[SY-4] a row changed within the minute before the last sync comes once more', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  world.clock.advance(limits.sinceOverlapMs / 2);
  const known = { ...(await selfOf(world, ann)), root: '0000000000000001', since: world.clock.now() };
  expect((await world.syncAs(ann, known)).rows).toHaveLength(1);
  expect((await world.syncAs(ann, { ...known, since: known.since + limits.sinceOverlapMs })).rows).toHaveLength(0);
});

test('[RN-2] rows that do not fit are left for the next request', async () => {
  const world = createCoreWorld();
  const ids = Array.from({ length: 30 }, (_, n) => aConversation(n + 1));
  for (const [n] of ids.entries()) await world.makeGroup(n + 1, ann, [bob]);
  const response = await world.syncAs(ann, { ...(await selfOf(world, ann)), rowsOf: ids, budgetBytes: limits.responseBytesMin });
  expect(response.rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(response.rows).length).toBeLessThan(limits.responseBytesMin);
  expect(response.more).toBe(true);
});

test('[SY-5] a conversation that is no longer one’s own has no row', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.write(ann, [world.say({ log, type: 'member-removed', payload: { user: bob, purge: true } })]);
  expect((await world.syncAs(bob, { ...(await selfOf(world, bob)), rowsOf: [aConversation()] })).rows).toEqual([]);
});

test('[SY-7] conversations of one instant are paged without loss', async () => {
  const world = createCoreWorld();
  const count = limits.bootstrapRowsPage + 10;
  for (let n = 1; n <= count; n++) await world.makeGroup(n, ann, [bob]);
  const first = await world.server.reader.conversations(ann);
  const second = await world.server.reader.conversations(ann, first.cursor);
  expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(count);
  expect(second.cursor).toBeUndefined();
});

test('[SY-5] profiles come when asked for, and of others only when they changed', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 1);
  const known = { ...(await selfOf(world, ann)), logs: [{ log, watermark: 0, chain: CHAIN_START }], people: [cem] };
  const idsOf = async (request: Partial<SyncRequest>) => (await world.syncAs(ann, request)).people.map(({ id }) => id);
  expect(await idsOf({ ...known, since: world.clock.now() })).toEqual([cem]);
  expect(await idsOf(known)).toEqual([cem, ann, bob]);
});

test('[SY-8] a page older than the reader’s watermark is not given', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  const { reader } = world.server;
  await expect(reader.history(ann, aConversation(), { atLeast: 2 })).rejects.toMatchObject({ code: 'unavailable' });
  expect(await reader.history(ann, aConversation(), { atLeast: 1 })).toMatchObject({
    asOf: 1,
    from: 1,
    to: 1,
    messages: [],
    more: false,
  });
});

test('[SY-8] a page around a message holds it and its nearest, cut by bytes from both ends', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const page = (around: number, limit?: number) => world.server.reader.history(ann, aConversation(), { around, limit });
  for (let i = 0; i < 40; i++) await world.write(bob, [world.message(log, 'x'.repeat(i < 20 ? 1 : 10_000))]);
  expect(await page(10, 6)).toMatchObject({ from: 8, to: 13, more: true });
  expect((await page(10, 6)).messages.map(({ seq }) => seq)).toEqual([8, 9, 10, 11, 12, 13]);
  const heavy = await page(31);
  const seqs = heavy.messages.map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: heavy.to - heavy.from + 1 }, (_, i) => heavy.from + i));
  expect(seqs).toContain(31);
  expect(seqs.length).toBe(6);
});

test('[OP-5] ops that are too large are refused, alone or together', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const large = { ...world.message(log), payload: 'x'.repeat(limits.opBytesMax) };
  expect((await world.syncAs(ann, { ops: [large, world.message(log)] })).answers).toMatchObject([
    { refusal: 'too-large' },
    { seq: 2 },
  ]);
  await expect(world.syncAs(ann, { ops: [large, large] })).rejects.toMatchObject({ code: 'too-large' });
  const ops = Array.from({ length: limits.opsPerSyncMax + 1 }, () => world.message(log));
  await expect(world.syncAs(ann, { ops })).rejects.toMatchObject({ code: 'too-large' });
});
