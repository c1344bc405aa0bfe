import { expect, test } from 'vitest';
import type { Run } from '#sync-protocol';
import { aConversation, aMessage, anEvent, anOp, anOpId, aRow, aRun, aState, aUser } from '#sync-protocol/testing';
import { aRoot, aSelfRun, createStoreBench, me, startEngine, type StoreBench } from '../../../tests/kit/engine-bench.ts';
import { spansText } from '../outcome.ts';

const self = (seq: number, type: string, payload: object) =>
  ({ kind: 'self-run', run: aSelfRun(seq, { type, payload: { conversation: aConversation(), ...payload } }) }) as const;
const back = (seq: number) => anEvent(seq, { type: 'members-added', by: aUser(2), payload: { members: [me] } });
const said = (seq: number) => anEvent(seq, { by: aUser(2) });

/** Numbers 4 and 5 passed between two stays. */
const returned: Run = { ...aRun(4, 7), items: [{ hidden: true, seq: 4, count: 2 }, back(6), said(7)] };

/** Three messages of the first stay are held; it has ended, and the second began with event 6. */
async function twoStays(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  await bench.commit(self(1, 'joined', { from: 1 }));
  const items = [said(1), said(2), said(3)];
  await bench.commit({ kind: 'run', run: aRun(1, 3, { items, state: aState() }) });
  await bench.commit(self(2, 'left', { to: 3, purge: false }));
  await bench.commit(self(3, 'joined', { from: 6 }));
  return bench;
}

test('[AP-7] numbers outside one’s stays are not held, and the screen says that one was not there', async () => {
  const bench = await twoStays();
  await bench.commit({ kind: 'run', run: returned });
  const { ranges, watermark } = await bench.conversation();
  expect(watermark).toBe(7);
  expect(ranges.map(({ from, to }) => [from, to])).toEqual([
    [1, 3],
    [6, 7],
  ]);
  const items = await bench.screen();
  expect(items.filter(({ kind }) => kind === 'hole')).toEqual([]);
  expect(items).toContainEqual({ kind: 'absent', from: 4, to: 5 });
});

test('[AP-7] a page that speaks of numbers outside one’s stays puts nothing there', async () => {
  const bench = await twoStays();
  await bench.commit({ kind: 'run', run: returned });
  const page = { storeEpoch: 'one', asOf: 7, from: 1, to: 5, messages: [1, 2, 3, 4, 5].map((seq) => aMessage(seq)), more: false };
  const spans = spansText(await bench.conversation());
  await bench.commit({ kind: 'fill', conversation: aConversation(), page, spans });
  expect((await bench.messages()).map(({ seq }) => seq)).toEqual([1, 2, 3, 7]);
  expect((await bench.conversation()).ranges).toEqual([
    { from: 1, to: 3 },
    { from: 6, to: 7 },
  ]);
});

test('[AP-7] numbers hidden inside a stay count as held', async () => {
  const bench = await createStoreBench();
  await bench.commit(self(1, 'joined', { from: 1 }));
  const items = [said(1), { hidden: true as const, seq: 2, count: 2 }, said(4)];
  await bench.commit({ kind: 'run', run: { ...aRun(1, 4), items, state: aState() } });
  expect((await bench.conversation()).ranges).toEqual([{ from: 1, to: 4 }]);
});

test('[AP-16] numbers that went by outside one’s stays may have been messages: the server’s counts are needed', async () => {
  const bench = await twoStays();
  const result = await bench.commit({ kind: 'run', run: returned });
  expect(result).toMatchObject({ heads: [{ needsRow: true }] });
  await bench.commit({ kind: 'rows', rows: [aRow(1, 7, { marks: { seq: 7, ordinal: 6, ownOrdinal: 1 }, unread: 1 })] });
  const record = await bench.conversation();
  expect(record).toMatchObject({ marks: { seq: 7, ordinal: 6, ownOrdinal: 1 }, unread: 1 });
  expect(record).not.toHaveProperty('needsRow');
});

test('[AP-16] numbers hidden inside a stay were none, so the counts go on', async () => {
  const bench = await createStoreBench();
  await bench.commit(self(1, 'joined', { from: 1 }));
  const items = [said(1), { hidden: true as const, seq: 2, count: 2 }, said(4)];
  await bench.commit({ kind: 'run', run: { ...aRun(1, 4), items, state: aState() } });
  const record = await bench.conversation();
  expect(record).toMatchObject({ marks: { seq: 4, ordinal: 2 }, unread: 2 });
  expect(record).not.toHaveProperty('needsRow');
});

test('[AP-16] the engine asks for the counts, and again after a restart', async () => {
  const bench = await startEngine({
    before: async ({ commit }) => {
      await commit(self(2, 'left', { to: 3, purge: false }));
      await commit(self(3, 'joined', { from: 6 }));
    },
  });
  await bench.server.answer({ logs: [{ kind: 'run', ...returned }], root: aRoot(7) });
  expect(bench.server.requests[1]).toMatchObject({ rowsOf: [aConversation()] });
  const again = await startEngine({
    before: async ({ commit }) => {
      await commit(self(2, 'left', { to: 3, purge: false }));
      await commit(self(3, 'joined', { from: 6 }));
      await commit({ kind: 'run', run: returned });
    },
  });
  expect(again.server.requests[0]).toMatchObject({ rowsOf: [aConversation()] });
});

const reaction = anOp<'reaction'>(5, { type: 'reaction', target: anOpId(4), payload: { emoji: '👍', on: true } });

/** Message 4 was refused, and a reaction to it waits. */
async function parked(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'run', run: aRun(1, 3) });
  await bench.store.stage(anOp(4));
  await bench.take();
  await bench.store.stage(reaction);
  await bench.commit({ kind: 'answers', answers: [{ opId: anOpId(4), refusal: 'forbidden' }], sent: [anOpId(4)] });
  return bench;
}

test('[AP-14] a parked op whose event turns up is parked no longer, and what waited for it may leave', async () => {
  const bench = await parked();
  expect((await bench.outbox()).map(({ state }) => state.at)).toEqual(['parked', 'parked']);
  const result = await bench.commit({ kind: 'run', run: aRun(4, 4) });
  expect(result).toMatchObject({ kind: 'committed', nudge: true });
  expect(await bench.outbox()).toMatchObject([{ opId: reaction.opId, state: { at: 'queued' } }]);
  const [shown] = (await bench.messages()).filter(({ id }) => id === anOpId(4));
  expect(shown).toMatchObject({ seq: 4 });
  expect(shown).not.toHaveProperty('local');
});

test('[AP-14] it is parked no longer either when a late answer accepts it', async () => {
  const bench = await parked();
  const { log } = reaction;
  await bench.commit({ kind: 'answers', answers: [{ opId: anOpId(4), log, seq: 4 }], sent: [] });
  expect((await bench.outbox()).map(({ state }) => state.at)).toEqual(['answered', 'queued']);
});

test.each([1, 2, 40])(
  '[OB-6] an own message comes back as one of %i: it is the same row, in its place, and nothing waits any more',
  async (count) => {
    const bench = await createStoreBench();
    await bench.commit({ kind: 'run', run: aRun(1, 2) });
    await bench.store.stage(anOp(3));
    await bench.store.stage(anOp(99));
    const liked = anEvent(3 + count, { type: 'reaction', target: anOpId(1), by: aUser(2), payload: { emoji: '👍', on: true } });
    const { items } = aRun(3, 2 + count);
    await bench.commit({ kind: 'run', run: { ...aRun(3, 3 + count), items: [...items, liked] } });
    const messages = await bench.messages();
    expect(messages.map(({ id, local }) => [id, local])).toEqual([
      ...Array.from({ length: 2 + count }, (_, i) => [anOpId(1 + i), undefined]),
      [anOpId(99), 'queued'],
    ]);
    expect(messages[0]).toMatchObject({ reactions: [{ user: aUser(2), emoji: '👍', on: true }] });
    expect((await bench.outbox()).map(({ opId }) => opId)).toEqual([anOpId(99)]);
  },
);
