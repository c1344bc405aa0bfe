import { expect, test } from 'vitest';
import { isShallow } from './depth.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

test('data as deep as the protocol goes is shallow, data made to break a recursion is not', () => {
  expect(isShallow(nested(64))).toBe(true);
  expect(isShallow(nested(66))).toBe(false);
  expect(isShallow(nested(120_000))).toBe(false);
  expect(isShallow({ a: [null, 1, 'x', { b: undefined }] })).toBe(true);
});
