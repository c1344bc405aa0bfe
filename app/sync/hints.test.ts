import { expect, test } from 'vitest';
import { aChain, aConversation, aUser } from '#sync-protocol/testing';
import { act, aRoot, me, startEngine } from '../../tests/kit/engine-bench.ts';
import type { Change } from './change.ts';
import { createHints } from './hints.ts';

const hint = (n: number): Change => ({ kind: 'heads', heads: [[aConversation(n), n, aChain(n)]] });

/** A disk that stores when the test says so. */
function startHints() {
  const begun: (readonly Change[])[] = [];
  const failures: unknown[] = [];
  const ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const hear = createHints(
    (hints) => {
      begun.push(hints);
      return new Promise<void>((resolve, reject) => void ends.push({ resolve, reject }));
    },
    (error) => failures.push(error),
  );
  const end = (how: 'resolve' | 'reject') => act(() => ends.shift()![how](new Error('full')));
  return { hear, begun, failures, end };
}

test('[EN-12] hints that come while one is stored are stored together, in their order', async () => {
  const { hear, begun, end } = startHints();
  for (const n of [1, 2, 3]) hear(hint(n));
  expect(begun).toEqual([[hint(1)]]);
  await end('resolve');
  expect(begun).toEqual([[hint(1)], [hint(2), hint(3)]]);
  await end('resolve');
  hear(hint(4));
  expect(begun.at(-1)).toEqual([hint(4)]);
});

test('[LV-1] hints that cannot be stored are let go, and later ones are stored', async () => {
  const { hear, begun, failures, end } = startHints();
  hear(hint(1));
  hear(hint(2));
  await end('reject');
  expect(failures).toHaveLength(1);
  expect(begun.at(-1)).toEqual([hint(2)]);
});

test('[RC-1] what others have received and read is stored, one’s own coming back is not', async () => {
  const { server, stored, backend } = await startEngine();
  await server.answer({ root: aRoot(3) });
  await server.ready(aRoot(3));
  await server.answer({ root: aRoot(3) });
  const receipt = (user: typeof me) => ({ user, version: 1, delivered: 3, read: 0 });
  const say = (...people: readonly (typeof me)[]) =>
    server.say({ type: 'receipts', conversation: aConversation(), people: people.map(receipt) });
  await say(me);
  expect(stored.filter(({ kind }) => kind === 'receipts')).toEqual([]);
  await say(aUser(2), me);
  expect(stored.filter(({ kind }) => kind === 'receipts')).toHaveLength(1);
  expect(await backend.read((tx) => tx.receipts.all())).toContainEqual(expect.objectContaining(receipt(aUser(2))));
});
