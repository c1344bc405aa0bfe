/** What CI runs, within 30 minutes on two cores: static checks, then every test once, simulations with 2,000 histories. */
import { buildStandIns } from './mongo/stand-ins.ts';
import { missingTools } from './tools.ts';
import { type Totals, add, keepCompiled, noTotals, runTests } from './run-tests.ts';
import { runStaticChecks } from './static-checks.ts';
import { runTool, seconds } from './run.ts';

const missing = missingTools({ install: true });
if (missing) {
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}

buildStandIns();
const failedSteps = await runStaticChecks();
const build = await runTool('scripts/build.ts', [], { show: true });
if (build.code !== 0) failedSteps.push('build');
process.stdout.write(`${build.code === 0 ? 'ok  ' : 'FAIL'}  build (${seconds(build.tookMs)})\n`);

const env = {
  TIER: 'test',
  SIM_WORLDS: process.env['SIM_WORLDS'] ?? '2000',
  // The same stories on every machine: a red gate is a change's own doing. `npm run torture` explores new ones with each commit.
  SIM_SEED: process.env['SIM_SEED'] ?? '1',
};
let totals: Totals = noTotals;
totals = add(totals, await runTests({ name: 'unit-sim', projects: ['unit', 'sim'], env: { ...env, ...keepCompiled } }));
for (const name of ['mongo', 'e2e', 'engines', 'rig']) totals = add(totals, await runTests({ name, projects: [name], env }));

if (failedSteps.length > 0) process.stdout.write(`Failed before the tests: ${failedSteps.join(', ')}\n`);
if (totals.unexpected.length > 0) process.stdout.write(`${totals.unexpected.length} skipped without leave\n`);
if (totals.passed === 0) process.stdout.write('No test ran.\n');
process.stdout.write(`Took ${seconds(performance.now())}, SIM_SEED=${env.SIM_SEED}\n`);
const failed = totals.failed + failedSteps.length + totals.unexpected.length;
process.stdout.write(`${totals.passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || totals.passed === 0 ? 1 : 0;
