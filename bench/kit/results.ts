/** What was measured, kept as JSON, shown as a table and held to bench/budgets.json. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import type { Figure } from './figure.ts';

export type Result = {
  readonly name: string;
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: string;
  /** Processes that waited for a core in the last minute, ours included: above the number of cores, somebody else measured too. */
  readonly load: number;
  readonly figures: readonly Figure[];
};

export type Budget = { readonly atMost?: number; readonly atLeast?: number };
/** By case, then by figure. Held against medians. */
export type Budgets = Readonly<Record<string, Readonly<Record<string, Budget>>>>;

const resultsFolder = join(root, 'bench', 'results');

export function resultOf(name: string, figures: readonly Figure[]): Result {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
  return { name, measuredAt: new Date().toISOString(), commit, machine, load: round(loadavg()[0] ?? 0), figures };
}

export function overBudget({ name, figures }: Result, budgets: Budgets): readonly string[] {
  return Object.entries(budgets[name] ?? {}).flatMap(([what, { atMost = Infinity, atLeast = -Infinity }]) => {
    const found = figures.find((candidate) => candidate.what === what);
    if (!found) return [`${name}: ${what} has a budget and was not measured`];
    const { median, unit } = found;
    if (median > atMost) return [`${name}: ${what} is ${round(median)} ${unit}, at most ${atMost} ${unit} are allowed`];
    // A figure that could not be computed is below every floor.
    if (!(median >= atLeast)) return [`${name}: ${what} is ${round(median)} ${unit}, at least ${atLeast} ${unit} are required`];
    return [];
  });
}

export function tableOf(results: readonly Result[], budgets: Budgets): string {
  const rows = results.flatMap(({ name, measuredAt, figures, ...result }) => {
    const taken = `${measuredAt.slice(0, 10)}${isProvisional(result) ? ' provisional' : ''}`;
    return figures.map(({ what, unit, median, min, max, runs }) => {
      const budget = shown(budgets[name]?.[what]);
      return `| ${name} | ${what} | ${round(median)} ${unit} | ${round(min)}–${round(max)} | ${runs} | ${budget} | ${taken} |`;
    });
  });
  return `${['| bench | figure | median | range | runs | budget | taken |', '|---|---|--:|--:|--:|--:|---|', ...rows].join('\n')}\n`;
}

/** Twice as many processes wanted a core as there are: somebody else worked on the machine, and it is to be taken again. */
const isProvisional = ({ load, machine }: Pick<Result, 'load' | 'machine'>): boolean => load > 2 * Number.parseInt(machine, 10);

function shown(budget: Budget | undefined): string {
  if (budget?.atMost !== undefined) return `≤ ${budget.atMost}`;
  return budget?.atLeast === undefined ? '' : `≥ ${budget.atLeast}`;
}

/** Three digits are more than a shared machine can tell. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function writeResult(result: Result): void {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(pathOf(result.name), `${JSON.stringify(result, undefined, 2)}\n`);
}

export function readResults(names: readonly string[]): readonly Result[] {
  return names.filter((name) => existsSync(pathOf(name))).map((name) => JSON.parse(readFileSync(pathOf(name), 'utf8')) as Result);
}

const pathOf = (name: string): string => join(resultsFolder, `${name}.json`);

/** Between the two marks, and nowhere else. */
export function writeReadme(table: string): void {
  const path = join(root, 'bench', 'README.md');
  const [before, after] = ['<!-- figures -->\n', '<!-- end of figures -->'] as const;
  const text = readFileSync(path, 'utf8');
  const [head, rest] = text.split(before) as [string, string];
  writeFileSync(path, `${head}${before}\n${table}\n${after}${rest.split(after)[1]}`);
}
