import { expect, test } from 'vitest';
import { aConversation, aMessage, anOp, anOpId, aRun, aUser } from '#sync-protocol/testing';
import { aWindow, createStoreBench } from '../../../tests/kit/engine-bench.ts';
import { spansText } from '../outcome.ts';

const by = aUser(2);

test('[AP-14] one’s own message whose answer was lost is on its way no more when a page of history brings it', async () => {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'store-epoch', storeEpoch: 'one' });
  await bench.commit({ kind: 'run', run: aRun(1, 1) });
  await bench.store.stage(anOp(11));
  await bench.take();
  // Stored as event 2; what came meanwhile is more than a run is worth.
  await bench.commit({ kind: 'window', window: aWindow(1, 30, 30, { messages: [aMessage(30, { by })] }) });
  expect((await bench.outbox()).map(({ opId }) => opId)).toEqual([anOpId(11)]);

  const messages = [aMessage(2, { ...aMessage(11), seq: 2 })];
  const page = { storeEpoch: 'one', asOf: 30, from: 2, to: 29, messages, more: false };
  const spans = spansText(await bench.conversation());
  await bench.commit({ kind: 'fill', conversation: aConversation(), page, spans });
  expect(await bench.outbox()).toEqual([]);
  expect((await bench.messages()).map(({ id, seq, local }) => [id, seq, local])).toContainEqual([anOpId(11), 2, undefined]);
});
