/** One figure: taken several times, because one measurement of a shared machine says nothing. */
export type Figure = {
  readonly what: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
};

export function figure(what: string, unit: string, taken: readonly number[]): Figure {
  const sorted = taken.toSorted((a, b) => a - b);
  return { what, unit, median: percentile(sorted, 0.5), min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN, runs: sorted.length };
}

/** Of values in ascending order. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (taken: readonly number[]): number =>
  percentile(
    taken.toSorted((a, b) => a - b),
    0.5,
  );

export const fewestRuns = 5;

/** One after the other, so that they do not disturb each other. */
export async function repeat<T>(once: (run: number) => Promise<T>, runs = fewestRuns): Promise<readonly T[]> {
  const taken: T[] = [];
  for (let run = 0; run < runs; run++) taken.push(await once(run));
  return taken;
}
