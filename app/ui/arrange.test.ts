import { expect, test } from 'vitest';
import { grewBefore, isLastWaiting, runPlaceOf, withDays } from './arrange.ts';
import type { ListItem, MessageState } from './list-item.ts';

const noonMs = new Date(2026, 10, 22, 12).getTime();
const from = (senderId: string, minute: number, state: MessageState = { at: 'sent' }): ListItem => {
  const id = `${senderId}${minute}`;
  const timeMs = noonMs + minute * 60_000;
  return {
    kind: 'message',
    key: id,
    message: { id, senderId, senderName: senderId, isOwn: senderId === 'me', text: 'x', timeMs, state },
  };
};
const placesOf = (items: readonly ListItem[]) => items.map((_, index) => runPlaceOf(items, index));

test('one person writing at a stretch is one run', () => {
  expect(placesOf([from('a', 0), from('a', 1), from('a', 2), from('b', 2)])).toEqual(['first', 'mid', 'last', 'solo']);
});

test('a pause and anything between two messages end a run', () => {
  expect(placesOf([from('a', 0), from('a', 6)])).toEqual(['solo', 'solo']);
  const parted = [from('a', 0), { kind: 'absent', key: 'gone' } as const, from('a', 1)];
  expect([runPlaceOf(parted, 0), runPlaceOf(parted, 2)]).toEqual(['solo', 'solo']);
});

test('a day is named once, before its first message', () => {
  const kinds = withDays([from('a', 0), from('b', 1), from('a', 24 * 60)]).map(({ kind }) => kind);
  expect(kinds).toEqual(['day', 'message', 'message', 'day', 'message']);
  expect(withDays([])).toEqual([]);
});

test('only the last waiting message says that it waits', () => {
  const queued = { at: 'queued' } as const;
  const items = [from('me', 0), from('me', 1, queued), from('me', 2, queued)];
  expect(items.map((_, index) => isLastWaiting(items, index))).toEqual([false, false, true]);
});

test('older messages above the place being read keep it; newer ones below do not', () => {
  const shown = [from('a', 5), from('a', 6), from('a', 7)];
  expect(grewBefore('a6', shown, [from('a', 3), from('a', 4), ...shown])).toBe(true);
  expect(grewBefore('a6', shown, [...shown, from('a', 8)])).toBe(false);
  expect(grewBefore('a6', shown, shown)).toBe(false);
  expect(grewBefore(undefined, shown, [from('a', 4), ...shown])).toBe(false);
});

test('a hole that stays on top while rows arrive beneath it counts as growing before', () => {
  const hole: ListItem = { kind: 'hole', key: 'hole', count: 9, load: 'idle' };
  const shown = [hole, from('a', 5), from('a', 6)];
  expect(grewBefore('a5', shown, [hole, from('a', 3), from('a', 4), from('a', 5), from('a', 6)])).toBe(true);
});
