import { expect, test } from 'vitest';
import { anEvent } from '../testing.ts';
import { allowed, seesEvent, toItems, visibleHead, within, type Span } from './visibility.ts';

const before = { ordinal: 0, ownOrdinal: 0 };
const stay = (from: number, to?: number): Span => ({ from, before, ...(to !== undefined && { to }) });

test('[VS-1] a stay reaches from the event that began it to the one that ended it', () => {
  const seen = allowed([stay(3, 7)], 'joined', 20);
  expect([2, 3, 7, 8].map((seq) => within(seq, seen))).toEqual([false, true, true, false]);
});

test('[VS-2] under joined history one sees one’s stays, under shared everything up to the end of the last', () => {
  const spans = [stay(3, 7), stay(12)];
  expect(allowed(spans, 'joined', 20)).toEqual([
    { from: 3, to: 7 },
    { from: 12, to: 20 },
  ]);
  expect(allowed(spans, 'shared', 20)).toEqual([{ from: 1, to: 20 }]);
  expect(allowed([stay(3, 7)], 'shared', 20)).toEqual([{ from: 1, to: 7 }]);
  expect(allowed([], 'shared', 20)).toEqual([]);
  expect(allowed([stay(12)], 'joined', 5)).toEqual([]);
  expect(allowed([stay(12)], 'joined', 12)).toEqual([{ from: 12, to: 12 }]);
});

test('[VS-3] the visible head is the head, or where the last stay ended', () => {
  expect(visibleHead([stay(3)], 20)).toBe(20);
  expect(visibleHead([stay(1, 2), stay(3, 7)], 20)).toBe(7);
  expect(visibleHead([], 20)).toBe(0);
});

test('[VS-4] an event is seen when its own seq and that of what it names are', () => {
  const seen = [{ from: 3, to: 7 }];
  expect(seesEvent({ seq: 5 }, undefined, seen)).toBe(true);
  expect(seesEvent({ seq: 5 }, 3, seen)).toBe(true);
  expect(seesEvent({ seq: 5 }, 2, seen)).toBe(false);
  expect(seesEvent({ seq: 8 }, 5, seen)).toBe(false);
});

test('[RN-3] what may not be seen becomes a count, and the tiles still join', () => {
  const events = [1, 2, 3, 4, 5, 6].map((seq) => anEvent(seq));
  const items = toItems(events, ({ seq }) => seq === 1 || seq === 4);
  expect(items).toEqual([events[0], { hidden: true, seq: 2, count: 2 }, events[3], { hidden: true, seq: 5, count: 2 }]);
  expect(toItems(events, () => false)).toEqual([{ hidden: true, seq: 1, count: 6 }]);
  expect(toItems([], () => true)).toEqual([]);
});
