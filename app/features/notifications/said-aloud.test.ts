import { setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import type { ConversationId } from '#sync-protocol';
import { anOpId } from '#sync-protocol/testing';
import type { Said } from '../../store/queries/said.ts';
import { spokenMax, withSpoken } from '../../ui/spoken.tsx';
import { linesOf } from './said-aloud.ts';
import { summaryOf } from './use-aloud.ts';

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

test('what came while nobody listened is one line: itself, how many in one chat, or in how many chats', () => {
  const missed = (...counts: readonly number[]) =>
    new Map(counts.map((count, n) => [`chat ${n}` as ConversationId, { last: line(`last of ${n}`), count }]));
  expect(summaryOf(missed(), i18n)).toEqual([]);
  expect(summaryOf(missed(1), i18n)).toEqual([line('last of 0')]);
  for (const many of [missed(2), missed(1, 1), missed(7, 3)]) expect(summaryOf(many, i18n)).toHaveLength(1);
  const [words] = summaryOf(missed(2), i18n);
  expect(words).not.toEqual(line('last of 0'));
});
