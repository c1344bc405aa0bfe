import { expect, test } from 'vitest';
import { aConversation, anEvent, anOp, anOpId, aRow, aRun, aTime, aUser } from '#sync-protocol/testing';
import { aSelfRun, createStoreBench, type StoreBench } from '../../tests/kit/engine-bench.ts';

const text = (said: string) => ({ body: { kind: 'text', text: said } as const });
const named = (seq: number, type: string, target: number, payload: unknown) =>
  anEvent(seq, { type, target: anOpId(target), opId: anOpId(100 + seq), payload });

/** Three messages are held. */
async function held(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit(aSelfRunOf(1, 'joined', { conversation: aConversation(), from: 1 }));
  await bench.commit({ kind: 'run', run: aRun(1, 3) });
  return bench;
}
const aSelfRunOf = (seq: number, type: string, payload: unknown) =>
  ({ kind: 'self-run', run: aSelfRun(seq, { type, payload }) }) as const;

test('[AP-12] the line of a conversation is the last thing said that is held, and its place is when', async () => {
  const bench = await held();
  expect(await bench.conversation()).toMatchObject({
    preview: { id: anOpId(3), by: aUser(1), text: 'message 3' },
    lastAt: aTime(3),
  });
  await bench.commit({ kind: 'run', run: aRun(4, 5) });
  expect(await bench.conversation()).toMatchObject({ preview: { id: anOpId(5) }, lastAt: aTime(5) });
});

test('[AP-12] what happens to the last message happens to the line, and moves the conversation nowhere', async () => {
  const bench = await held();
  const items = [named(4, 'edit', 3, text('changed'))];
  await bench.commit({ kind: 'run', run: { ...aRun(4, 4), items } });
  expect(await bench.conversation()).toMatchObject({ preview: { id: anOpId(3), text: 'changed' }, lastAt: aTime(3) });
  await bench.commit({ kind: 'run', run: { ...aRun(5, 5), items: [named(5, 'delete', 3, {})] } });
  const { preview, lastAt } = await bench.conversation();
  expect(preview).toEqual({ id: anOpId(3), by: aUser(1), deleted: true });
  expect(lastAt).toBe(aTime(3));
});

test('[AP-12] what is written here is the line at once, and is not when it is taken back', async () => {
  const bench = await held();
  await bench.store.stage(anOp(9));
  expect(await bench.conversation()).toMatchObject({
    preview: { id: anOpId(9), text: 'message 9', local: true },
    lastAt: aTime(9),
  });
  await bench.store.discard(anOpId(9), undefined);
  const { preview, lastAt } = await bench.conversation();
  expect(preview).toEqual({ id: anOpId(3), by: aUser(1), text: 'message 3' });
  expect(lastAt).toBe(aTime(3));
});

test('[AP-12] where the end is not held the server’s row says the line, and what is removed has none', async () => {
  const bench = await held();
  const preview = { id: anOpId(8), by: aUser(2), kind: 'text', text: 'not here yet' };
  await bench.commit({ kind: 'rows', rows: [aRow(1, 8, { preview })] });
  expect(await bench.conversation()).toMatchObject({ preview: { id: anOpId(8), text: 'not here yet' }, lastAt: aTime(8) });
  await bench.commit(aSelfRunOf(2, 'dropped', { conversation: aConversation(), upTo: 8 }));
  expect(await bench.conversation()).not.toHaveProperty('preview');
});
