import { expect, test } from 'vitest';
import { aChain, anOpId } from '../testing.ts';
import { contentOf, nextChain } from './chain.ts';

const short = (text: string): string => text;
const link = { seq: 2, opId: anOpId(1), bodyHash: 'hash' };

test('[CH-1] a link depends on the one before, the place, the op and what it said', () => {
  const chain = nextChain(short, aChain(1), link);
  expect(nextChain(short, aChain(1), link)).toBe(chain);
  for (const other of [{ seq: 3 }, { opId: anOpId(2) }, { bodyHash: 'other' }]) {
    expect(nextChain(short, aChain(1), { ...link, ...other })).not.toBe(chain);
  }
  expect(nextChain(short, aChain(1, 9), link)).not.toBe(chain);
});

test('[OP-2] content is the same whatever the order of its keys, and differs in anything said', () => {
  const op = { type: 'message', payload: { a: 1, b: [{ c: 'x', d: undefined }, null] } };
  expect(contentOf({ payload: { b: [{ c: 'x' }, null], a: 1 }, type: 'message' })).toBe(contentOf(op));
  expect(contentOf({ ...op, payload: { a: 1, b: [null, { c: 'x' }] } })).not.toBe(contentOf(op));
  expect(contentOf({ ...op, payload: { a: '1', b: [{ c: 'x' }, null] } })).not.toBe(contentOf(op));
  expect(contentOf({ ...op, base: 0 })).not.toBe(contentOf(op));
});
