import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, seconds } from './run.ts';
import { root } from './root.ts';

/** What a run of tests came to. `unexpected` names what was skipped without saying so in its title. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly unexpected: readonly string[];
}

export const noTotals: Totals = { passed: 0, failed: 0, unexpected: [] };

interface TestRun {
  readonly name: string;
  readonly projects: readonly string[];
  readonly files?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * For tests that open a store in a worker again and again: Node keeps what it compiled. Not for rigs, which kill processes and
 * fill disks.
 */
export const keepCompiled: Readonly<Record<string, string>> = { NODE_COMPILE_CACHE: join(root, '.cache', 'node') };

/** Runs vitest over some projects and counts from its own report. A run that leaves no report counts as one failure. */
export async function runTests({ name, projects, files = [], env }: TestRun): Promise<Totals> {
  const report = join(root, '.cache', 'tests', `${name}.json`);
  mkdirSync(join(root, '.cache', 'tests'), { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', ...projects.flatMap((project) => ['--project', project]), '--passWithNoTests'];
  args.push(...reporters(process.stdout.isTTY), '--reporter=json', `--outputFile.json=${report}`, ...files);
  const { code, tookMs } = await runTool('node_modules/vitest/vitest.mjs', args, { env, show: true });
  const totals = countReport(readReport(report), code);
  const skipped = totals.unexpected.map((title) => `      skipped without leave: ${title}\n`).join('');
  const ok = totals.failed === 0 && totals.unexpected.length === 0;
  process.stdout.write(
    `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${totals.passed} passed, ${totals.failed} failed (${seconds(tookMs)})\n${skipped}`,
  );
  return totals;
}

/** Dots for a person who waits; a line a file for whoever reads it afterwards. */
function reporters(isTerminal: boolean): readonly string[] {
  return isTerminal ? ['--reporter=dot'] : ['--reporter=default', `--slowTestThreshold=${Number.MAX_SAFE_INTEGER}`];
}

export function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, unexpected: [...a.unexpected, ...b.unexpected] };
}

/** The part of vitest's JSON report that is counted. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * A file that could not be loaded has no tests but did fail: it counts as one. So does a run that ended badly with nothing
 * to show for it (an unhandled rejection, a crashed worker). A test may be skipped only when its title says
 * `(may skip: why)`.
 */
export function countReport(report: Report | undefined, code: number): Totals {
  if (!report) return { passed: 0, failed: 1, unexpected: [] };
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName);
  const failed = failedTests + brokenFiles;
  return {
    passed,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    unexpected: skipped.filter((title) => !title.includes('(may skip:')),
  };
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
