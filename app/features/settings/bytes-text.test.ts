import { expect, test } from 'vitest';
import { bytesText } from './bytes-text.ts';

test('says sizes in the largest unit that fits', () => {
  expect(bytesText(0, 'en')).toBe('0 byte');
  expect(bytesText(999, 'en')).toBe('999 byte');
  expect(bytesText(184_000_000, 'en')).toBe('184 MB');
  expect(bytesText(1_500_000, 'en')).toBe('1.5 MB');
  expect(bytesText(10_000_000_000, 'en')).toBe('10 GB');
});
