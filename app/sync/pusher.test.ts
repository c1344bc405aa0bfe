import { expect, test, vi } from 'vitest';
import { backoffMs, limits, type OpId } from '#sync-protocol';
import { aConversation, aLog, anOp, anOpId } from '#sync-protocol/testing';
import { act, aRoot, createManualClock, createStoreBench, startEngine } from '../../tests/kit/engine-bench.ts';
import { StorageError, type Socket } from './ports.ts';
import { createPusher } from './pusher.ts';

/** Chance is in the middle on the bench. */
const waitMs = (attempt: number, askedMs = 0): number => backoffMs(attempt, 0.5, askedMs);
const accepted = (opId: string, seq: number, n = 1) => ({ opId: opId as OpId, log: aLog(n), seq });

/** A device with two messages of one conversation on their way in one batch, over the socket if there is one. */
async function startWithTwoSent(socket: 'ready' | 'none') {
  const bench = await startEngine({ heads: [3, 3] });
  const { server, session } = bench;
  const root = aRoot(3, 3);
  if (socket === 'ready') {
    await server.ready(root);
    await server.answer();
  }
  const write = (text: string) => session.commands.sendMessage(aConversation(), { text });
  const texts = socket === 'ready' ? ['first', 'one', 'two'] : ['one', 'two'];
  const written: string[] = [];
  for (const text of texts) written.push(await act(() => write(text)));
  await server.answer();
  // Over the socket the second and the third leave together once the first is answered.
  if (socket === 'ready') await server.acknowledge([accepted(written.shift()!, 4)]);
  const [one, two] = written as [string, string];
  return { ...bench, one, two };
}

/** Whether what left is what is kept, to the byte. */
const bytes = (ops: readonly unknown[] | undefined) => ops?.map((op) => JSON.stringify(op));

test('[EN-6] without a socket ops leave with a sync, as the stored bytes', async () => {
  const { server, session, outbox } = await startEngine();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await server.fail();
  const kept = (await outbox()).map(({ wire }) => wire);
  expect(kept).toHaveLength(1);
  expect(bytes(server.requests[1]?.ops)).toEqual(kept);
  await act(() => session.commands.tryNow());
  await server.fail();
  expect(bytes(server.requests[2]?.ops)).toEqual(kept);
  expect(server.batches).toEqual([]);
});

test('[EN-6] with a socket ops leave over it, as the stored bytes, and no sync is asked for', async () => {
  const { server, session, outbox } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  const id = await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  expect(server.batches.map(bytes)).toEqual([(await outbox()).map(({ wire }) => wire)]);
  await server.acknowledge([{ opId: id, log: aLog(), seq: 4 }]);
  expect(await outbox()).toMatchObject([{ state: { at: 'answered', seq: 4 } }]);
  expect(server.open()).toBe(0);
});

test('[EN-6] many nudges at once are one look at the outbox and one more', async () => {
  const { server, session, looks } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  const before = looks();
  const texts = ['one', 'two', 'three', 'four', 'five'];
  await act(() => Promise.all(texts.map((text) => session.commands.sendMessage(aConversation(), { text }))));
  expect(looks() - before).toBeLessThanOrEqual(3);
  expect(server.batches.flat()).toHaveLength(5);
});

test('[EN-6] when the socket is silent the same bytes leave with a sync', async () => {
  const { server, session } = await startEngine();
  await server.ready(aRoot(3));
  await server.answer();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await server.acknowledge(undefined);
  expect(bytes(server.requests.at(-1)?.ops)).toEqual(bytes(server.batches[0]));
});

test('[EN-6] a socket that is not ready takes no ops', async () => {
  const { server, session, clock } = await startEngine();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  await clock.pass(limits.gapWaitMs);
  expect(server.batches).toEqual([]);
  expect(server.requests.at(-1)?.ops).toHaveLength(1);
});

test('[BO-1][EN-4] an op whose answer is left out of a sync waits before it leaves again, longer each time', async () => {
  const { server, session, clock, reports } = await startEngine();
  await server.answer();
  await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  const first = bytes(server.requests.at(-1)?.ops);
  for (const attempt of [1, 2, 3]) {
    const asked = server.requests.length;
    await server.answer();
    await clock.pass(waitMs(attempt) - 1);
    expect(server.requests).toHaveLength(asked);
    await clock.pass(1);
    expect(bytes(server.requests.at(-1)?.ops)).toEqual(first);
  }
  expect(reports).toContain('outbox: a server left out answers');
});

test('[BO-1][EN-4] an op whose answer is left out over the socket waits before it leaves again, longer each time', async () => {
  const { server, clock } = await startWithTwoSent('ready');
  for (const attempt of [1, 2, 3]) {
    const sent = server.batches.length;
    await server.acknowledge([]);
    await clock.pass(waitMs(attempt) - 1);
    expect(server.batches).toHaveLength(sent);
    await clock.pass(1);
    expect(server.batches.slice(sent).map(bytes)).toEqual([bytes(server.batches[1])]);
  }
  expect(server.open()).toBe(0);
});

test('[BO-1] an accepted op does not let the one whose answer is left out leave at once, but starts the waiting anew', async () => {
  const { server, clock, one, two } = await startWithTwoSent('ready');
  await server.acknowledge([]);
  await clock.pass(waitMs(1));
  expect(server.batches).toHaveLength(3);
  await server.acknowledge([accepted(one, 5)]);
  await clock.pass(waitMs(1) - 1);
  expect(server.batches).toHaveLength(3);
  await clock.pass(1);
  expect(server.batches.at(-1)).toMatchObject([{ opId: two }]);
});

test('[BO-1][LN-1] a lane waits though another op of it was accepted, in whatever order the answers come', async () => {
  const { server, clock, one, two } = await startWithTwoSent('ready');
  await server.acknowledge([{ opId: one, refusal: 'unavailable' }, accepted(two, 5)]);
  await clock.pass(waitMs(1) - 1);
  expect(server.batches).toHaveLength(2);
  await clock.pass(1);
  expect(server.batches.at(-1)).toMatchObject([{ opId: one }]);
});

test('[BO-2] an op leaves not before the server asked it to, though another of its batch was accepted', async () => {
  const { server, clock, one, two } = await startWithTwoSent('ready');
  await server.acknowledge([accepted(one, 5), { opId: two, refusal: 'too-fast', retryAfterMs: 7_000 }]);
  await clock.pass(waitMs(1, 7_000) - 1);
  expect(server.batches).toHaveLength(2);
  await clock.pass(1);
  expect(server.batches.at(-1)).toMatchObject([{ opId: two }]);
});

test('[BO-2] nor over a socket that opened while the sync that took it along was under way', async () => {
  const { server, session, clock } = await startEngine();
  const [one, two] = [
    await act(() => session.commands.sendMessage(aConversation(), { text: 'one' })),
    await act(() => session.commands.sendMessage(aConversation(), { text: 'two' })),
  ];
  await server.answer();
  expect(server.requests.at(-1)?.ops).toHaveLength(2);
  await server.ready(aRoot(3));
  await server.answer({ answers: [accepted(one, 4), { opId: two, refusal: 'too-fast', retryAfterMs: 7_000 }] });
  await clock.pass(waitMs(1, 7_000) - 1);
  expect(server.batches).toEqual([]);
  await clock.pass(1);
  expect(server.batches).toMatchObject([[{ opId: two }]]);
});

test('[BO-2] of two waits the server asks of one lane the longer counts', async () => {
  const { server, clock, one, two } = await startWithTwoSent('ready');
  await server.acknowledge([
    { opId: one, refusal: 'too-fast', retryAfterMs: 7_000 },
    { opId: two, refusal: 'untried' },
  ]);
  await clock.pass(waitMs(1, 7_000) - 1);
  expect(server.batches).toHaveLength(2);
  await clock.pass(1);
  expect(server.batches.at(-1)).toMatchObject([{ opId: one }, { opId: two }]);
});

test('[LN-1] of a batch only the lane whose answer was left out waits', async () => {
  const { server, session } = await startEngine({ heads: [3, 3] });
  const write = (n: number) => act(() => session.commands.sendMessage(aConversation(n), { text: 'hello' }));
  await write(1);
  const there = await write(2);
  await server.answer();
  expect(server.requests.at(-1)?.ops).toHaveLength(2);
  await server.answer({ answers: [accepted(there, 4, 2)], root: aRoot(3, 3) });
  const asked = server.requests.length;
  const more = await write(2);
  expect(server.requests.slice(asked)).toMatchObject([{ ops: [{ opId: more }] }]);
});

test('[LN-1] while a lane waits for an answer that was left out, the others go on', async () => {
  const { server, session } = await startWithTwoSent('ready');
  await server.acknowledge([]);
  const other = await act(() => session.commands.sendMessage(aConversation(2), { text: 'elsewhere' }));
  expect(server.batches.slice(2)).toMatchObject([[{ opId: other }]]);
});

test('[RF-2][EN-4] ops that are too large leave in ever smaller batches, and each alone is parked: it comes to an end', async () => {
  const { server, outbox } = await startWithTwoSent('none');
  await server.ready(aRoot(3, 3));
  await server.fail({ kind: 'refused', refusal: 'too-large' });
  const sizes: number[] = [];
  for (let batch = server.batches[0]; batch; batch = server.batches[sizes.length]) {
    sizes.push(batch.length);
    const answers = (batch as { opId: string }[]).map(({ opId }) => ({ opId, refusal: 'too-large' }) as const);
    await server.acknowledge(answers);
    expect(sizes.length).toBeLessThan(10);
  }
  expect(sizes).toEqual([1, 1]);
  expect((await outbox()).map(({ state }) => state)).toMatchObject([
    { at: 'parked', refusal: 'too-large' },
    { at: 'parked', refusal: 'too-large' },
  ]);
});

test('[EN-1] a sync that is refused as too large is asked again in parts, and with patience', async () => {
  const { server, clock } = await startWithTwoSent('none');
  const asked = server.requests.length;
  await server.fail({ kind: 'refused', refusal: 'too-large' });
  await clock.pass(waitMs(1) - 1);
  expect(server.requests).toHaveLength(asked);
  await clock.pass(1);
  expect(server.requests.slice(asked).map(({ ops }) => ops?.length)).toEqual([1]);
});

test('[RF-2] after ops that were too large were taken in parts, batches grow again', async () => {
  const { server, session, clock } = await startEngine();
  const write = () => act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  for (let n = 0; n < 4; n++) await write();
  await server.answer();
  await server.fail({ kind: 'refused', refusal: 'too-large' });
  await clock.pass(waitMs(1));
  const [first, second] = (server.requests.at(-1)!.ops as { opId: string }[]).map(({ opId }) => opId) as [string, string];
  expect(server.requests.at(-1)?.ops).toHaveLength(2);
  for (let n = 0; n < 4; n++) await write();
  await server.answer({ answers: [accepted(first, 4), accepted(second, 5)] });
  expect(server.requests.at(-1)?.ops).toHaveLength(4);
});

test('[LN-1] however well things go, a batch has no more ops than the server takes', async () => {
  const { server, session, one, two } = await startWithTwoSent('ready');
  const texts = Array.from({ length: limits.opsPerSyncMax + 1 }, (_, i) => `message ${i}`);
  for (const text of texts) await session.commands.sendMessage(aConversation(), { text });
  await server.acknowledge([accepted(one, 5), accepted(two, 6)]);
  expect(server.batches.at(-1)).toHaveLength(limits.opsPerSyncMax);
});

test.each(['signed-out', 'revoked', 'client-too-old'] as const)(
  '[RF-2] an op that is refused as %s ends the session, and nothing more leaves over the socket',
  async (refusal) => {
    const { server, session, clock, reports, one, two } = await startWithTwoSent('ready');
    const answers = [one, two].map((opId) => ({ opId, refusal }));
    await server.acknowledge(answers);
    expect(reports).toContain(`ended: ${refusal === 'client-too-old' ? 'update' : refusal}`);
    await act(() => session.commands.tryNow());
    await clock.pass(60_000);
    expect(server.batches).toHaveLength(2);
  },
);

test('[EN-6] after silence ops leave with syncs until the socket is ready anew', async () => {
  const { server, session } = await startWithTwoSent('ready');
  await server.acknowledge(undefined);
  await act(() => session.commands.sendMessage(aConversation(2), { text: 'elsewhere' }));
  expect(server.batches).toHaveLength(2);
  await server.ready(aRoot(3, 3));
  expect(server.batches).toHaveLength(3);
});

/** A pusher over a disk that takes nothing while it is full, and a server that accepts everything. */
async function startPusher(way: 'a socket' | 'a sync') {
  const { store, outbox } = await createStoreBench();
  const { leaderTerm } = await store.lead();
  const disk = { isFull: false };
  const [left, reports]: [unknown[][], string[]] = [[], []];
  const answers = [accepted(anOpId(1), 1)];
  const socket: Socket = {
    tell: () => undefined,
    ask: async ({ ops }) => {
      left.push([...ops]);
      return answers;
    },
    close: () => undefined,
  };
  const pusher = createPusher({
    store,
    leaderTerm,
    storeEpoch: () => 'one',
    commit: async (change) => {
      if (disk.isFull) throw new StorageError('full');
      return (await store.commit([change], leaderTerm))[0]!;
    },
    clock: createManualClock(),
    random: () => 0.5,
    report: (what) => reports.push(what),
    socket: () => (way === 'a socket' ? socket : undefined),
    flush: () => undefined,
    ended: () => undefined,
  });
  const take = async () => {
    const sent = await pusher.takeForSync();
    left.push(sent.map(({ wire }) => JSON.parse(wire) as unknown));
    return sent;
  };
  const send = async () => {
    if (way === 'a socket') return act(pusher.nudge);
    const sent = await take();
    await pusher.answered(sent, answers).catch(() => pusher.lost(sent));
  };
  await store.stage(anOp(1));
  return { disk, left, reports, outbox, pusher, take, send };
}

test.each(['a socket', 'a sync'] as const)(
  '[OB-5] when the answer that came over %s could not be stored, the same bytes leave again',
  async (way) => {
    const { disk, left, reports, outbox, send } = await startPusher(way);
    disk.isFull = true;
    await send();
    expect(await outbox()).toMatchObject([{ state: { at: 'sending' } }]);
    await send().catch((error: unknown) => reports.push(String(error)));
    expect(left).toEqual([[anOp(1)]]);
    expect(reports).not.toEqual([]);
    disk.isFull = false;
    await send();
    expect(left.map(bytes)).toEqual([bytes([anOp(1)]), bytes([anOp(1)])]);
    expect(await outbox()).toEqual([]);
  },
);

test('[OB-5][LN-1] and while they are on their way again, they do not leave a third time', async () => {
  const { pusher, left, take } = await startPusher('a sync');
  pusher.lost(await take());
  await take();
  await take();
  expect(left).toEqual([[anOp(1)], [anOp(1)], []]);
});

test('[OB-5] the disk is full when a sync is answered: once it takes something, what was sent leaves again', async () => {
  const { server, session, clock, backend } = await startEngine();
  await server.answer();
  const opId = await act(() => session.commands.sendMessage(aConversation(), { text: 'hello' }));
  const sent = bytes(server.requests.at(-1)?.ops);
  const disk = vi.spyOn(backend, 'write').mockRejectedValue(new StorageError('full'));
  await server.answer({ answers: [accepted(opId, 4)] });
  disk.mockRestore();
  await clock.pass(waitMs(1));
  expect(sent).toHaveLength(1);
  expect(bytes(server.requests.at(-1)?.ops)).toEqual(sent);
});
