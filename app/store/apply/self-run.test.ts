import { expect, test } from 'vitest';
import { conversationLog, selfLog } from '#sync-protocol';
import { aConversation, anOp, aRun } from '#sync-protocol/testing';
import { aSelfRun, aWindow, createStoreBench, me } from '../../../tests/kit/engine-bench.ts';

test('[RG-1][OB-6] what is on its way is seen over what another device of the same person did meanwhile', async () => {
  const { store, commit, conversation } = await createStoreBench();
  await commit({
    kind: 'self-run',
    run: aSelfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }),
  });
  await commit({ kind: 'window', window: aWindow(0, 1, 5) });
  await store.stage(anOp(9, { log: selfLog(me), type: 'dropped', payload: { conversation: aConversation(), upTo: 5 } }));
  expect(await conversation()).toMatchObject({ droppedUpTo: 5 });
  await commit({ kind: 'run', run: aRun(6, 8, { log: conversationLog(aConversation()) }) });
  await commit({
    kind: 'self-run',
    run: aSelfRun(2, { type: 'dropped', payload: { conversation: aConversation(), upTo: 8 } }),
  });
  expect(await conversation()).toMatchObject({ droppedUpTo: 8 });
});
