/** Prints what a rig measured. Figures are for people: machines are noisy, and only generous bounds are asserted. */
export function report(what: string, figures: readonly number[], unit = 'ms'): void {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
  process.stdout.write(`\n      ${what}: median ${at(0.5)} ${unit}, from ${at(0)} to ${at(1)} (${sorted.length})\n`);
}

declare module 'vitest' {
  interface TaskMeta {
    /** Lines for the report of `npm run torture`. */
    figures?: readonly string[];
  }
}
