import { setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import { anOpId } from '#sync-protocol/testing';
import type { Said } from '../../store/queries/said.ts';
import { spokenMax, withSpoken } from '../../ui/spoken.tsx';
import { linesOf } from './said-aloud.ts';

const i18n = setupI18n({ locale: 'en', messages: { en: {} }, missing: (_locale, id) => id });
const said = (count: number): readonly Said[] =>
  Array.from({ length: count }, (_, n) => ({ message: anOpId(n + 1), byName: 'Anna', text: `text ${n + 1}` }));
const line = (key: string) => ({ key, words: key });

test('ten at once are said one by one, of more only how many there are', () => {
  expect(linesOf(said(spokenMax), i18n)).toHaveLength(spokenMax);
  expect(linesOf(said(spokenMax + 1), i18n)).toHaveLength(1);
});

test('a long message is not read to its end', () => {
  const [long] = linesOf([{ message: anOpId(1), byName: 'Anna', text: 'a'.repeat(10_000) }], i18n);
  expect(long?.words.length).toBeLessThan(400);
});

test('a line that is there is not added again, and the last ten stay', () => {
  const there = [line('a')];
  expect(withSpoken(there, [line('a')])).toBe(there);
  expect(withSpoken(there, [line('a'), line('b')])).toEqual([line('a'), line('b')]);
  const many = Array.from({ length: 14 }, (_, n) => line(String(n)));
  expect(withSpoken(there, many)).toEqual(many.slice(-spokenMax));
});
