/** What CI runs, within 30 minutes on two cores: static checks, then every test once, simulations with 2,000 histories. */
import { spawnSync } from 'node:child_process';
import { missingTools } from './tools.ts';
import { type Totals, add, noTotals, runTests } from './run-tests.ts';
import { root } from './root.ts';
import { runStaticChecks } from './static-checks.ts';
import { runTool, seconds } from './run.ts';

const missing = missingTools({ install: true });
if (missing) {
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}

const failedSteps = await runStaticChecks();
const build = await runTool('scripts/build.ts', [], { show: true });
if (build.code !== 0) failedSteps.push('build');

const env = {
  TIER: 'test',
  SIM_WORLDS: process.env['SIM_WORLDS'] ?? '2000',
  // Each commit explores histories of its own, and any of them can be replayed.
  SIM_SEED: process.env['SIM_SEED'] ?? commit().slice(0, 8),
};
let totals: Totals = noTotals;
for (const projects of [['unit', 'sim'], ['e2e'], ['rig']]) {
  totals = add(totals, await runTests({ name: projects.join('-'), projects, env }));
}

if (failedSteps.length > 0) process.stdout.write(`Failed before the tests: ${failedSteps.join(', ')}\n`);
if (totals.unexpected.length > 0) process.stdout.write(`${totals.unexpected.length} skipped without leave\n`);
if (totals.passed === 0) process.stdout.write('No test ran.\n');
process.stdout.write(`Took ${seconds(performance.now())}, SIM_SEED=${env.SIM_SEED}\n`);
const failed = totals.failed + failedSteps.length + totals.unexpected.length;
process.stdout.write(`${totals.passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || totals.passed === 0 ? 1 : 0;

function commit(): string {
  const asked = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : '00000001';
}
