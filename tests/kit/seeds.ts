/** SIM_SEED makes each commit explore stories of its own; any of them can be told again exactly. */
const first = Number.parseInt((process.env['SIM_SEED'] ?? '1').slice(0, 8), 16);
const count = Number(process.env['SIM_WORLDS'] ?? 300);

/** `share` of all stories; `past`: seeds that once failed. */
export const seedsOf = ({
  share,
  past = [],
}: {
  readonly share: number;
  readonly past?: readonly number[];
}): readonly number[] => [...past, ...Array.from({ length: Math.max(1, Math.floor(count * share)) }, (_, i) => first + i)];

const shown = 5;

/** Lives every story, and names those that failed: a seed, and why. */
export async function failuresOf(seeds: readonly number[], live: (seed: number) => Promise<void>): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const seed of seeds) {
    try {
      await live(seed);
    } catch (error) {
      const why = error instanceof Error ? (error.name === 'WorldFailure' ? error.message : error.stack) : String(error);
      failures.push(`seed ${seed}: ${why}`);
      if (failures.length >= shown) return [...failures, `and perhaps more after seed ${seed}`];
    }
  }
  return failures;
}
