import { expect, test } from 'vitest';
import type { HistoryPage, Run } from '#sync-protocol';
import { aChain, aConversation, aMessage, anEvent, anOpId, aRun } from '#sync-protocol/testing';
import { aWindow, createStoreBench, me } from '../../tests/kit/engine-bench.ts';
import type { Change } from '../sync/change.ts';
import { deviceRules } from './device-rules.ts';
import { createLocalStore } from './local-store.ts';

test('[AP-1] a window fits the watermark it was asked from, and reaches at least there', () => {
  const { windowFits } = deviceRules;
  expect(windowFits({ from: 5, head: 9 }, 5)).toBe(true);
  expect(windowFits({ from: 5, head: 5 }, 5)).toBe(true);
  expect(windowFits({ from: 4, head: 9 }, 5)).toBe(false);
  expect(windowFits({ from: 6, head: 9 }, 5)).toBe(false);
  expect(windowFits({ from: 5, head: 4 }, 5)).toBe(false);
});

test('[AP-10] what is filled is current when its page is as new as the watermark, or when all that came after it is known', () => {
  const { filledAsOf } = deviceRules;
  expect(filledAsOf(9, 9, undefined)).toBeUndefined();
  expect(filledAsOf(10, 9, undefined)).toBeUndefined();
  expect(filledAsOf(8, 9, undefined)).toBe(8);
  expect(filledAsOf(8, 9, [])).toBeUndefined();
});

test('[LS-4] only the newest leader writes', () => {
  const { leads } = deviceRules;
  expect([leads(2, 2), leads(1, 2), leads(2, 1)]).toEqual([true, false, false]);
});

const edited: Run = {
  ...aRun(10, 10),
  items: [anEvent(10, { type: 'edit', target: anOpId(3), payload: { body: { kind: 'text', text: 'later' } } })],
};
const page: HistoryPage = { storeEpoch: 'one', asOf: 9, from: 1, to: 7, messages: [aMessage(3)], more: false };

/** A conversation on screen with a hole up to 7, and event 10 kept for a page that is late. */
async function startWithKept() {
  const bench = await createStoreBench();
  bench.store.keepEventsOf(new Set([aConversation()]));
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  const windowed = await bench.commit({ kind: 'window', window: aWindow(0, 8, 9) });
  const spans = windowed.kind === 'committed' ? windowed.heads[0]!.spans : '';
  await bench.commit({ kind: 'run', run: edited });
  const fill: Change = { kind: 'fill', conversation: aConversation(), page, spans };
  const third = async () => {
    const { ranges } = await bench.conversation();
    const message = (await bench.messages()).find(({ id }) => id === anOpId(3));
    return { range: ranges[0], body: message?.body };
  };
  return { ...bench, fill, third };
}
const asOfThePage = { range: { from: 1, to: 7, asOf: 9 }, body: { text: 'message 3' } };

test('[AP-11] events that were kept bring a late page up to date', async () => {
  const { commit, fill, third } = await startWithKept();
  await commit(fill);
  expect(await third()).toMatchObject({ range: { from: 1, to: 10 }, body: { text: 'later' } });
});

test('[AP-11] not over a window: what it left out is not known', async () => {
  const { commit, fill, third } = await startWithKept();
  await commit({ kind: 'window', window: aWindow(10, 15, 20) });
  await commit({ kind: 'run', run: aRun(21, 21) });
  await commit(fill);
  expect(await third()).toMatchObject(asOfThePage);
});

test('[AP-11] not over a reset: they were of another history', async () => {
  const { commit, fill, third } = await startWithKept();
  const reset = { ...aWindow(0, 8, 10, { chain: aChain(10, 7) }), kind: 'reset', why: 'fork' } as const;
  await commit({ kind: 'reset', reset });
  await commit(fill);
  expect(await third()).toMatchObject(asOfThePage);
});

test('[AP-11] not over a time when another tab led: what it applied is not known', async () => {
  const { backend, store, fill, third } = await startWithKept();
  const other = createLocalStore(backend, { user: me });
  const { leaderTerm: theirs } = await other.lead();
  await other.commit([{ kind: 'run', run: aRun(11, 11) }], theirs);
  const { leaderTerm } = await store.lead();
  await store.commit([{ kind: 'run', run: aRun(12, 12) }], leaderTerm);
  await store.commit([fill], leaderTerm);
  expect(await third()).toMatchObject(asOfThePage);
});
