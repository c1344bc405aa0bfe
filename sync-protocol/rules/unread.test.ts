import { expect, test } from 'vitest';
import type { Marks } from '../wire/event.ts';
import { effectiveMarker, unread, type BlockedStretch } from './unread.ts';

const marks = (seq: number, ordinal: number, ownOrdinal: number): Marks => ({ seq, ordinal, ownOrdinal });

test('[UN-1] unread is the others’ messages after the marker', () => {
  expect(unread(marks(20, 15, 5), marks(10, 8, 3))).toBe(5);
  expect(unread(marks(20, 15, 5), marks(20, 15, 5))).toBe(0);
});

test('[UN-1] a marker from another history never makes it negative', () => {
  expect(unread(marks(5, 3, 0), marks(20, 15, 5))).toBe(0);
});

test('[UN-2] reading starts at the marker, but not before the present stay', () => {
  const before = { ordinal: 7, ownOrdinal: 2 };
  expect(effectiveMarker(undefined, 10, before)).toEqual(marks(9, 7, 2));
  expect(effectiveMarker(marks(4, 3, 1), 10, before)).toEqual(marks(9, 7, 2));
  expect(effectiveMarker(marks(12, 9, 2), 10, before)).toEqual(marks(12, 9, 2));
});

test('[UN-4] what a blocked person says is not counted, and only that: against counting one by one', () => {
  // A direct conversation of 40 messages, every third one's own; blocked within (2, 3] and from `from` to `to` or to this day.
  const at = (n: number) => marks(n, n, Math.floor(n / 3));
  const fours = Array.from({ length: 11 }, (_, i) => i * 4);
  const cases = fours.flatMap((marker) =>
    fours.slice(1).flatMap((from) => [...fours, Infinity].map((to) => ({ marker, from, to }))),
  );
  const stretches = ({ from, to }: (typeof cases)[number]): BlockedStretch[] => [
    { from: at(2), to: at(3) },
    { from: at(from), ...(to < Infinity && { to: at(to) }) },
  ];
  const isCounted = (n: number, { marker, from, to }: (typeof cases)[number]) =>
    n > marker && n % 3 > 0 && n !== 3 && !(n > from && n <= to);
  const real = cases.filter(({ from, to }) => from <= to);
  const counted = real.map((one) => Array.from({ length: 40 }, (_, i) => i + 1).filter((n) => isCounted(n, one)).length);
  expect(real.map((one) => unread(at(40), at(one.marker), stretches(one)))).toEqual(counted);
});
