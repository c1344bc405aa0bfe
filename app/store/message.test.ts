import { expect, test } from 'vitest';
import type { HistoryPage } from '#sync-protocol';
import { aConversation, aMessage, anEvent, anOpId, aRun, aState, aUser } from '#sync-protocol/testing';
import { aWindow, createStoreBench, type StoreBench } from '../../tests/kit/engine-bench.ts';
import { spansText } from './outcome.ts';

const by = aUser(2);
const text = (said: string) => ({ body: { kind: 'text', text: said } as const });
const edited = (seq: number, target: number, said: string) =>
  anEvent(seq, { type: 'edit', target: anOpId(target), opId: anOpId(100 + seq), payload: text(said) });
const reacted = (seq: number, target: number, on: boolean) =>
  anEvent(seq, { type: 'reaction', target: anOpId(target), opId: anOpId(100 + seq), by, payload: { emoji: '👍', on } });
const held = async (bench: StoreBench, seq: number) => (await bench.messages()).find((message) => message.seq === seq);

/** As of then each message says so, and has the reaction or not. */
const page = (from: number, to: number, asOf: number, isReacted = false): HistoryPage => ({
  storeEpoch: 'one',
  asOf,
  from,
  to,
  messages: Array.from({ length: to - from + 1 }, (_, i) =>
    aMessage(from + i, {
      revised: asOf,
      ...text(`as of ${asOf}`),
      reactions: isReacted ? [{ emoji: '👍', count: 1, people: [by], mine: false }] : [],
    }),
  ),
  more: false,
});
const fill = async (bench: StoreBench, one: HistoryPage) =>
  bench.commit({ kind: 'fill', conversation: aConversation(), page: one, spans: spansText(await bench.conversation()) });

/** Messages 4 … 5 are current; what came before is not here. */
async function withHole(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  await bench.commit({ kind: 'window', window: aWindow(0, 4, 5) });
  return bench;
}

test('[WM-6] an event at or below what a message already reflects changes nothing there', async () => {
  const bench = await withHole();
  await fill(bench, page(1, 3, 7));
  const before = await held(bench, 2);
  expect(before).toMatchObject({ asOf: 7, body: { text: 'as of 7' }, reactions: [] });
  await bench.commit({ kind: 'run', run: { ...aRun(6, 6), items: [reacted(6, 2, true)] } });
  expect(await held(bench, 2)).toEqual(before);
  await bench.commit({ kind: 'run', run: { ...aRun(7, 7), items: [reacted(7, 2, false)] } });
  expect(await held(bench, 2)).toEqual(before);
});

test('[WM-6] an event above it changes the message', async () => {
  const bench = await withHole();
  await fill(bench, page(1, 3, 7));
  const items = [anEvent(6), anEvent(7), edited(8, 2, 'at 8')];
  await bench.commit({ kind: 'run', run: { ...aRun(6, 8), items } });
  expect(await held(bench, 2)).toMatchObject({ body: { text: 'at 8' } });
  expect(await held(bench, 3)).toMatchObject({ body: { text: 'as of 7' } });
});

test('[WM-6] a snapshot older than the message is ignored, a newer one is taken', async () => {
  const bench = await withHole();
  await fill(bench, page(1, 3, 9));
  // What lies before this window is stale as of 5 from now on, though what is held of it is newer.
  await bench.commit({ kind: 'window', window: aWindow(5, 20, 21, { state: aState({ asOf: 21 }) }) });
  const before = await held(bench, 2);
  await fill(bench, page(1, 3, 8, true));
  expect(await held(bench, 2)).toEqual(before);
  await fill(bench, page(1, 3, 12));
  expect(await held(bench, 2)).toMatchObject({ asOf: 12, body: { text: 'as of 12' } });
});
