import type { Seq } from '../ids.ts';
import type { Interval } from './visibility.ts';

/**
 * An interval of a conversation that this device holds completely: every visible message created in it. `asOf` absent: true
 * up to the watermark (current). Else true only as of that seq (stale). Ranges are disjoint and sorted. [RA-1]
 */
export type Range = Interval & { readonly asOf?: Seq };

/** What the screen shows between ranges. */
export type Stretch = Interval & { readonly kind: 'current' | 'stale' | 'hole' | 'absent' };

/** A run was applied: what ended at its start now reaches its end. Numbers that create nothing count as held. [RA-2] */
export function extend(ranges: readonly Range[], from: Seq, to: Seq): Range[] {
  return to <= from ? [...ranges] : fill(ranges, { from: from + 1, to }, undefined);
}

/** A window was put in at `windowStart`: older ranges end before it and are stale as of the old watermark. [RA-3, RA-4] */
export function putWindow(
  ranges: readonly Range[],
  watermark: Seq,
  windowStart: Seq,
  head: Seq,
  holdsMessages: boolean,
): Range[] {
  const older = ranges
    .map((range) => ({
      from: range.from,
      to: Math.min(range.to, windowStart - 1),
      asOf: Math.min(range.asOf ?? watermark, watermark),
    }))
    .filter((range) => range.from <= range.to);
  return join(holdsMessages && windowStart <= head ? [...older, { from: windowStart, to: head }] : older);
}

/** All of it became stale as of `watermark`: the app understands more than it did, or the stays changed. [RA-5] */
export const makeStale = (ranges: readonly Range[], watermark: Seq): Range[] =>
  join(ranges.map((range) => ({ ...range, asOf: range.asOf ?? watermark })));

/** Takes an interval out: held messages were dropped there, so it is a hole again. [RA-6] */
export const cut = (ranges: readonly Range[], gone: Interval): Range[] => join(ranges.flatMap((range) => outside(range, gone)));

/**
 * Where a page of history may go: within the watermark, and only where there is a hole or something stale and older than the
 * page. One rule for both, and never over what is current. [RA-7]
 */
export function fillable(ranges: readonly Range[], page: Interval & { asOf: Seq }, watermark: Seq): Interval[] {
  const clipped = { from: page.from, to: Math.min(page.to, watermark) };
  if (clipped.from > clipped.to) return [];
  let open: Interval[] = [clipped];
  for (const range of ranges) {
    if (range.asOf !== undefined && range.asOf <= page.asOf) continue;
    open = open.flatMap((interval) => outside(interval, range));
  }
  return open;
}

/** Marks an interval as held: current, or stale as of `asOf`. [RA-8] */
export function fill(ranges: readonly Range[], { from, to }: Interval, asOf: Seq | undefined): Range[] {
  const rest = ranges.flatMap((range) => outside(range, { from, to }));
  return join([...rest, { from, to, ...(asOf !== undefined && { asOf }) }]);
}

/** What lies in [from, to] as the screen shows it: ranges, holes between them, and stretches one was not there for. [RA-9] */
export function stretches(ranges: readonly Range[], sees: readonly Interval[], whole: Interval): Stretch[] {
  const held: Stretch[] = ranges.flatMap((range) =>
    inside(range, whole).map((part) => ({ ...part, kind: range.asOf === undefined ? 'current' : 'stale' }) as const),
  );
  const missing = subtract(whole, ranges);
  const holes: Stretch[] = missing.flatMap((gap) =>
    sees.flatMap((seen) => inside(gap, seen)).map((part) => ({ ...part, kind: 'hole' }) as const),
  );
  const absent: Stretch[] = missing.flatMap((gap) => subtract(gap, sees)).map((part) => ({ ...part, kind: 'absent' }) as const);
  return [...held, ...holes, ...absent].toSorted((a, b) => a.from - b.from);
}

/** Adjoining ranges of equal as-of are one. [RA-1] */
function join(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const before = joined.at(-1);
    if (before && before.asOf === range.asOf && range.from <= before.to + 1)
      joined[joined.length - 1] = { ...before, to: Math.max(before.to, range.to) };
    else joined.push(range);
  }
  return joined;
}

function outside<T extends Interval>(range: T, gone: Interval): T[] {
  if (gone.to < range.from || gone.from > range.to) return [range];
  const parts = [
    { ...range, to: gone.from - 1 },
    { ...range, from: gone.to + 1 },
  ];
  return parts.filter(({ from, to }) => from <= to);
}

const inside = (interval: Interval, bounds: Interval): Interval[] => {
  const part = { from: Math.max(interval.from, bounds.from), to: Math.min(interval.to, bounds.to) };
  return part.from <= part.to ? [part] : [];
};

const subtract = (whole: Interval, taken: readonly Interval[]): Interval[] =>
  taken.reduce<Interval[]>(
    (open, one) => open.flatMap((part) => outside(part, one)),
    [{ from: whole.from, to: whole.to }].filter(({ from, to }) => from <= to),
  );
