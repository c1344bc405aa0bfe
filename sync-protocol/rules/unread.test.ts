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
  // A direct conversation of 40 messages: every third is one's own.
  const isOwn = (n: number) => n % 3 === 0;
  const at = (n: number) => marks(n, n, Math.floor(n / 3));
  for (let marker = 0; marker <= 40; marker += 5) {
    for (let from = 0; from <= 40; from += 4) {
      for (let to = from; to <= 44; to += 4) {
        const stretches: BlockedStretch[] = [
          { from: at(2), to: at(3) },
          to > 40 ? { from: at(from) } : { from: at(from), to: at(to) },
        ];
        const isBlocked = (n: number) => (n > 2 && n <= 3) || (n > from && n <= (to > 40 ? Infinity : to));
        const counted = Array.from({ length: 40 }, (_, i) => i + 1).filter(
          (n) => n > marker && !isOwn(n) && !isBlocked(n),
        ).length;
        // Stretches do not overlap: one ends before the next begins.
        if (from >= 3) expect(unread(at(40), at(marker), stretches)).toBe(counted);
      }
    }
  }
});
