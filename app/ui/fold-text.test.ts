import { expect, test } from 'vitest';
import { foldText } from './fold-text.ts';

test('short texts are shown whole', () => {
  expect(foldText('hello')).toBeUndefined();
  expect(foldText('word '.repeat(200))).toBeUndefined();
});

test('long texts are cut at a word', () => {
  const folded = foldText('harbour '.repeat(1250))!;
  expect(folded.length).toBeLessThanOrEqual(900);
  expect(folded.endsWith('harbour')).toBe(true);
});

test('many lines are folded, and one giant word too, without breaking a sign in two', () => {
  expect(foldText('a\n'.repeat(40))!.split('\n')).toHaveLength(14);
  expect(foldText('😀'.repeat(5000))!.isWellFormed()).toBe(true);
  expect(foldText('x' + '😀'.repeat(5000))!.isWellFormed()).toBe(true);
});
