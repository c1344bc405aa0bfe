import { expect, test } from 'vitest';
import { matchesWords } from './matches-words.ts';

test('finds by the start of any word, without case and accents', () => {
  expect(matchesWords('Sofía Vidal', 'sofi')).toBe(true);
  expect(matchesWords('Sofía Vidal', 'VID so')).toBe(true);
  expect(matchesWords('Field team — Lofoten', 'lofo')).toBe(true);
  expect(matchesWords('Sofía Vidal', 'fia')).toBe(false);
  expect(matchesWords('山田 健', '田')).toBe(true);
  expect(matchesWords('خالد المنصوري', 'المن')).toBe(true);
  expect(matchesWords('Anyone', '  ')).toBe(true);
});
