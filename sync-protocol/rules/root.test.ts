import { expect, test } from 'vitest';
import { aChain, aConversation } from '../testing.ts';
import { EMPTY_ROOT, moveRoot, rootOf, type RootEntry } from './root.ts';

const entry = (n: number, head: number, history = 0): RootEntry => ({ id: aConversation(n), head, chain: aChain(head, history) });
const all = Array.from({ length: 50 }, (_, i) => entry(i, i + 1));

test('[RT-1] the same conversations make the same root in any order; nothing makes the empty one', () => {
  expect(rootOf(all.toReversed())).toBe(rootOf(all));
  expect(rootOf([])).toBe(EMPTY_ROOT);
  expect(rootOf([entry(1, 0)])).toBe(EMPTY_ROOT);
});

test('[RT-1] any difference of id, head or chain makes another root', () => {
  const roots = [
    rootOf(all),
    rootOf(all.slice(1)),
    rootOf([...all.slice(1), entry(0, 2)]),
    rootOf([...all.slice(1), entry(0, 1, 1)]),
    rootOf([...all.slice(1), entry(99, 1)]),
  ];
  expect(new Set(roots).size).toBe(roots.length);
});

test('[RT-1] 64 bits are used: a thousand neighbours share neither half', () => {
  const roots = Array.from({ length: 1_000 }, (_, i) => rootOf([entry(1, i + 1)]));
  for (const half of [0, 8]) expect(new Set(roots.map((root) => root.slice(half, half + 8))).size).toBe(1_000);
});

test('[RT-1] never changes: a device and a server of other years must agree', () => {
  expect(rootOf([entry(1, 7)])).toBe('57c14f1a295723c9');
  expect(rootOf([entry(1, 12)])).toBe('9d7f4b4cf71a154c');
});

test('[RT-2] moved one by one, a root is at every step the one derived anew', () => {
  let root = EMPTY_ROOT;
  const held = new Map<string, RootEntry>();
  for (const next of [...all, entry(3, 90), entry(4, 91), entry(3, 92)]) {
    root = moveRoot(root, held.get(next.id), next);
    held.set(next.id, next);
    expect(root).toBe(rootOf(held.values()));
  }
  for (const gone of held.values()) root = moveRoot(root, gone, undefined);
  expect(root).toBe(EMPTY_ROOT);
});
