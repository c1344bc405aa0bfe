import { expect, test } from 'vitest';
import type { HistoryPage } from '#sync-protocol';
import { aConversation, aMessage, anEvent, anOpId, aRun, aState } from '#sync-protocol/testing';
import { aWindow, createStoreBench, type StoreBench } from '../../tests/kit/engine-bench.ts';
import { spansText } from './outcome.ts';

const text = (said: string) => ({ body: { kind: 'text', text: said } as const });
const edited = (seq: number, target: number, said: string) =>
  anEvent(seq, { type: 'edit', target: anOpId(target), opId: anOpId(100 + seq), payload: text(said) });
const textOf = async (bench: StoreBench, seq: number) =>
  (await bench.messages()).find((message) => message.seq === seq)?.body as unknown;

const page = (from: number, to: number, asOf: number, said: string): HistoryPage => ({
  storeEpoch: 'one',
  asOf,
  from,
  to,
  messages: Array.from({ length: to - from + 1 }, (_, i) => aMessage(from + i, { revised: asOf, ...text(said) })),
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
  await fill(bench, page(1, 3, 7, 'as of 7'));
  const late = [edited(6, 2, 'at 6'), edited(7, 2, 'at 7')];
  await bench.commit({ kind: 'run', run: { ...aRun(6, 7), items: late } });
  expect(await textOf(bench, 2)).toMatchObject({ text: 'as of 7' });
  expect((await bench.messages()).find(({ seq }) => seq === 2)).toMatchObject({ asOf: 7, edits: 0 });
});

test('[WM-6] an event above it changes the message', async () => {
  const bench = await withHole();
  await fill(bench, page(1, 3, 7, 'as of 7'));
  const items = [anEvent(6), anEvent(7), edited(8, 2, 'at 8')];
  await bench.commit({ kind: 'run', run: { ...aRun(6, 8), items } });
  expect(await textOf(bench, 2)).toMatchObject({ text: 'at 8' });
  expect(await textOf(bench, 3)).toMatchObject({ text: 'as of 7' });
});

test('[WM-6] a snapshot older than the message is ignored, a newer one is taken', async () => {
  const bench = await withHole();
  await fill(bench, page(1, 3, 9, 'as of 9'));
  // What lies before this window is stale as of 5 from now on, though what is held of it is newer.
  await bench.commit({ kind: 'window', window: aWindow(5, 20, 21, { state: aState({ asOf: 21 }) }) });
  await fill(bench, page(1, 3, 8, 'as of 8'));
  expect(await textOf(bench, 2)).toMatchObject({ text: 'as of 9' });
  await fill(bench, page(1, 3, 12, 'as of 12'));
  expect(await textOf(bench, 2)).toMatchObject({ text: 'as of 12' });
});
