import { TestRunner } from 'vitest';

/** Prints what a rig measured, and keeps it for its report. Figures are for people: machines are noisy, and only generous bounds are asserted. */
export function report(what: string, figures: readonly number[], unit = 'ms'): void {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
  const line = `${what}: median ${at(0.5)} ${unit}, from ${at(0)} to ${at(1)} (${sorted.length})`;
  process.stdout.write(`\n      ${line}\n`);
  const meta = TestRunner.getCurrentTest()?.meta;
  if (meta) meta.figures = [...(meta.figures ?? []), `- ${line}`];
}

declare module 'vitest' {
  interface TaskMeta {
    /** Lines for the report of `npm run torture`. */
    figures?: readonly string[];
  }
}
