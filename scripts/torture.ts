/**
 * The full counts, one file of tests at a time: `npm run torture -- kill` runs those whose name begins with "kill", no name
 * runs all. What has passed on this commit is not run again unless `--again`. Each leaves a report in bench/results/.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { type Totals, runTests } from './run-tests.ts';
import { buildStandIns } from './mongo/stand-ins.ts';
import { missingTools } from './tools.ts';
import { root } from './root.ts';
import { seconds } from './run.ts';

interface Rig {
  readonly name: string;
  readonly project: string;
  readonly file: string;
}

const flags = new Set(process.argv.slice(2).filter((arg) => arg.startsWith('--')));
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const statePath = join(root, '.cache', 'torture', 'passed.json');
const commit = git(['rev-parse', 'HEAD']) || 'no commit';
const isClean = git(['status', '--porcelain']) === '';

const rigs = allRigs().filter(({ name }) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)));
if (rigs.length === 0) {
  const names = allRigs().map(({ name }) => name);
  process.stderr.write(`No rig is named ${wanted.join(', ')}. There are: ${names.join(', ')}\n`);
  process.exit(1);
}
const missing = missingTools({ install: true });
if (missing) {
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}

buildStandIns();
const failed: string[] = [];
for (const rig of rigs) {
  if (!flags.has('--again') && isClean && passedOnThisCommit().includes(rig.name)) {
    process.stdout.write(`ok    ${rig.name}: passed before on this commit (--again runs it)\n`);
    continue;
  }
  if (!(await torture(rig))) failed.push(rig.name);
}
process.stdout.write(
  `${rigs.length - failed.length} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function torture(rig: Rig): Promise<boolean> {
  const startedAt = new Date().toISOString();
  const seed = process.env['SIM_SEED'] ?? (commit.slice(0, 8) || '1');
  const env = { TIER: 'torture', SIM_WORLDS: process.env['SIM_WORLDS'] ?? '20000', SIM_SEED: seed };
  const startedMs = performance.now();
  const totals = await runTests({ name: `torture-${rig.name}`, projects: [rig.project], files: [rig.file], env });
  const passed = totals.failed === 0 && totals.unexpected.length === 0 && totals.passed > 0;
  report({ rig, totals, startedAt, tookMs: performance.now() - startedMs, env, passed });
  if (passed) remember(rig.name);
  return passed;
}

interface Outcome {
  readonly rig: Rig;
  readonly totals: Totals;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly passed: boolean;
}

function report({ rig, totals, startedAt, tookMs, env, passed }: Outcome): void {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `# ${rig.name}: ${passed ? 'passed' : 'FAILED'}`,
    '',
    `- tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.unexpected.length} skipped without leave`,
    `- file: \`${rig.file}\`, ${settings.join(' ')}`,
    `- commit: ${commit}${isClean ? '' : ' with uncommitted changes'}`,
    `- started ${startedAt}, took ${seconds(tookMs)}`,
    `- machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    `- again: \`npm run torture -- ${rig.name} --again\``,
    '',
    ...testLines(`torture-${rig.name}`),
  ];
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  writeFileSync(join(root, 'bench', 'results', `${rig.name}.md`), `${lines.join('\n').trimEnd()}\n`);
}

/** One line a test, as long as they can be read by a person: a simulation has one test a seed. */
function testLines(name: string): readonly string[] {
  const path = join(root, '.cache', 'tests', `${name}.json`);
  if (!existsSync(path)) return ['The run ended before it could report.'];
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly {
        readonly fullName: string;
        readonly status: string;
        readonly duration?: number;
        /** What it measured, as a rig tells it: tests/rig/kit/figures.ts. */
        readonly meta?: { readonly figures?: readonly string[] };
      }[];
    }[];
  };
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const shown = tests.length <= 200 ? tests : tests.filter(({ status }) => status !== 'passed').slice(0, 200);
  return [
    '| test | result | took |',
    '|---|---|--:|',
    ...shown.map((each) => `| ${each.fullName.replaceAll('|', '\\|')} | ${each.status} | ${seconds(each.duration ?? 0)} |`),
    ...shown.flatMap(({ meta }) => (meta?.figures ? ['', ...meta.figures] : [])),
  ];
}

function allRigs(): readonly Rig[] {
  return [
    ...rigsIn('sim', 'tests/sim'),
    ...rigsIn('rig', 'tests/rig'),
    ...rigsIn('rig', 'tests/conformance'),
    ...rigsIn('rig', 'tests/security'),
    ...rigsIn('e2e', 'tests/e2e'),
    ...rigsIn('engines', 'tests/engines'),
  ];
}

function rigsIn(project: string, folder: string): readonly Rig[] {
  if (!existsSync(join(root, folder))) return [];
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => path.endsWith('.test.ts')).sort();
  return files.map((path) => ({ name: basename(path, '.test.ts'), project, file: `${folder}/${path}` }));
}

function passedOnThisCommit(): readonly string[] {
  try {
    const state = JSON.parse(readFileSync(statePath, 'utf8')) as { readonly commit: string; readonly passed: readonly string[] };
    return state.commit === commit ? state.passed : [];
  } catch {
    return [];
  }
}

function remember(name: string): void {
  mkdirSync(join(root, '.cache', 'torture'), { recursive: true });
  writeFileSync(statePath, JSON.stringify({ commit, passed: [...new Set([...passedOnThisCommit(), name])] }));
}

function git(args: readonly string[]): string {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim();
}
