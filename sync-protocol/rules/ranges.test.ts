import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, extend, fill, fillable, makeStale, putWindow, stretches, type Interval, type Range } from '#sync-protocol';

const current = (from: number, to: number): Range => ({ from, to });
const stale = (from: number, to: number, asOf: number): Range => ({ from, to, asOf });

test('[RA-1] ranges are sorted and disjoint, and adjoining ones of equal as-of are one', () => {
  expect(fill([current(5, 6), current(1, 2)], { from: 3, to: 4 }, undefined)).toEqual([current(1, 6)]);
  expect(fill([stale(1, 2, 9)], { from: 3, to: 4 }, 8)).toEqual([stale(1, 2, 9), stale(3, 4, 8)]);
  expect(fill([current(1, 2)], { from: 4, to: 5 }, undefined)).toEqual([current(1, 2), current(4, 5)]);
});

test('[RA-2] an applied run extends what ended where it began, and opens a range where nothing did', () => {
  expect(extend([current(1, 4)], 4, 6)).toEqual([current(1, 6)]);
  expect(extend([], 4, 6)).toEqual([current(5, 6)]);
  expect(extend([stale(1, 4, 4)], 4, 6)).toEqual([stale(1, 4, 4), current(5, 6)]);
  expect(extend([current(1, 4)], 4, 4)).toEqual([current(1, 4)]);
});

test('[RA-3][RA-4] a window cuts older ranges off at its start and leaves them stale as of the watermark before it', () => {
  expect(putWindow([current(1, 30)], 30, 80, 100, true)).toEqual([stale(1, 30, 30), current(80, 100)]);
  expect(putWindow([current(1, 30)], 30, 20, 100, true)).toEqual([stale(1, 19, 30), current(20, 100)]);
  expect(putWindow([stale(1, 5, 3), current(8, 30)], 30, 80, 100, true)).toEqual([
    stale(1, 5, 3),
    stale(8, 30, 30),
    current(80, 100),
  ]);
  expect(putWindow([current(1, 1)], 9, 9, 9, true)).toEqual([stale(1, 1, 9), current(9, 9)]);
  expect(putWindow([stale(1, 5, 40)], 30, 80, 100, true)).toEqual([stale(1, 5, 30), current(80, 100)]);
});

test('[RA-3] a window without messages claims nothing', () => {
  expect(putWindow([], 0, 1, 7, false)).toEqual([]);
  expect(putWindow([current(1, 3)], 3, 8, 7, true)).toEqual([stale(1, 3, 3)]);
});

test('[RA-5] what becomes doubtful is stale as of what was known, and what was stale stays as stale as it was', () => {
  expect(makeStale([stale(1, 3, 2), current(5, 9)], 9)).toEqual([stale(1, 3, 2), stale(5, 9, 9)]);
});

test('[RA-6] what is dropped is a hole', () => {
  expect(cut([current(1, 9)], { from: 4, to: 6 })).toEqual([current(1, 3), current(7, 9)]);
});

test('[RA-7] a page goes into holes and what is no newer than it, never over what is current or newer', () => {
  const ranges = [current(1, 3), stale(6, 8, 20), stale(9, 10, 40), current(20, 30)];
  expect(fillable(ranges, { from: 1, to: 30, asOf: 30 }, 30)).toEqual([
    { from: 4, to: 8 },
    { from: 11, to: 19 },
  ]);
  expect(fillable(ranges, { from: 1, to: 10, asOf: 10 }, 30)).toEqual([{ from: 4, to: 5 }]);
  expect(fillable(ranges, { from: 6, to: 8, asOf: 20 }, 30)).toEqual([{ from: 6, to: 8 }]);
  expect(fillable(ranges, { from: 6, to: 8, asOf: 19 }, 30)).toEqual([]);
});

test('[RA-7] nothing is put above the watermark', () => {
  expect(fillable([], { from: 5, to: 20, asOf: 20 }, 10)).toEqual([{ from: 5, to: 10 }]);
  expect(fillable([], { from: 11, to: 20, asOf: 20 }, 10)).toEqual([]);
});

test('[RA-8] a filled interval is current or stale as of its page, and nothing else changes', () => {
  const ranges = [current(1, 3), stale(6, 8, 5), current(20, 30)];
  expect(fill(ranges, { from: 4, to: 8 }, undefined)).toEqual([current(1, 8), current(20, 30)]);
  expect(fill(ranges, { from: 7, to: 7 }, 9)).toEqual([
    current(1, 3),
    stale(6, 6, 5),
    stale(7, 7, 9),
    stale(8, 8, 5),
    current(20, 30),
  ]);
});

test('[RA-9] between ranges there is a hole, or the note that one was not there', () => {
  const sees = [
    { from: 1, to: 12 },
    { from: 20, to: 30 },
  ];
  expect(stretches([current(3, 5), stale(24, 30, 24)], sees, { from: 1, to: 30 })).toEqual([
    { from: 1, to: 2, kind: 'hole' },
    { from: 3, to: 5, kind: 'current' },
    { from: 6, to: 12, kind: 'hole' },
    { from: 13, to: 19, kind: 'absent' },
    { from: 20, to: 23, kind: 'hole' },
    { from: 24, to: 30, kind: 'stale' },
  ]);
  expect(stretches([current(3, 5)], sees, { from: 16, to: 15 })).toEqual([]);
});

const interval = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }))
  .map(([from, length]) => ({ from, to: from + length }));
const someRanges = fc
  .array(fc.tuple(interval, fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })), { maxLength: 6 })
  .map((fills) => fills.reduce<Range[]>((ranges, [where, asOf]) => fill(ranges, where, asOf), []));
const numbers = ({ from, to }: Interval): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

test('[RA-1][RA-9] whatever is done to them, ranges stay disjoint, and what the screen shows covers everything once', () => {
  fc.assert(
    fc.property(someRanges, interval, fc.integer({ min: 1, max: 50 }), (ranges, where, seq) => {
      const after = [
        ranges,
        cut(ranges, where),
        makeStale(ranges, seq),
        putWindow(ranges, 20, where.from, where.to, true),
        extend(ranges, where.from, where.to),
      ];
      for (const list of after) {
        list.forEach((range, i) => expect(i === 0 || range.from > list[i - 1]!.to).toBe(true));
        const shown = stretches(list, [{ from: 5, to: 50 }], { from: 1, to: 60 });
        expect(shown.flatMap(numbers)).toEqual(numbers({ from: 1, to: 60 }));
      }
    }),
  );
});

test('[RA-7] a page is never put over what is current', () => {
  fc.assert(
    fc.property(someRanges, interval, fc.integer({ min: 1, max: 60 }), (ranges, where, asOf) => {
      const held = new Set(ranges.filter((range) => range.asOf === undefined).flatMap(numbers));
      for (const open of fillable(ranges, { ...where, asOf }, 60))
        expect(numbers(open).filter((seq) => held.has(seq))).toEqual([]);
    }),
  );
});
