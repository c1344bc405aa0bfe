import { expect, test } from 'vitest';
import { isEmojiOnly } from './emoji-only.ts';

test.each([
  ['🎉', true],
  ['👍🏽 ❤️', true],
  ['👩‍🚀👨‍👩‍👧‍👦🇳🇴', true],
  ['🎉🎉🎉🎉', false],
  ['ok 🎉', false],
  ['12', false],
  ['#', false],
  ['', false],
  ['  ', false],
  ['©', true],
])('%j alone: %s', (text, isAlone) => {
  expect(isEmojiOnly(text)).toBe(isAlone);
});
