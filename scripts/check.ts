/** The gate before a commit, in under a minute: format, lint, types, then unit, contract, tidy and 300 simulated histories. */
import { keepCompiled, runTests } from './run-tests.ts';
import { runStaticChecks } from './static-checks.ts';
import { seconds } from './run.ts';

const failedSteps = await runStaticChecks();
const env = { ...keepCompiled, TIER: 'check', SIM_WORLDS: process.env['SIM_WORLDS'] ?? '300' };
const { passed, failed, unexpected } = await runTests({ name: 'check', projects: ['unit', 'sim'], env });
process.stdout.write(`${passed} passed, ${failed} failed; static checks failed: ${failedSteps.join(', ') || 'none'} `);
process.stdout.write(`(${seconds(performance.now())} in all)\n`);
process.exitCode = failedSteps.length + failed + unexpected.length > 0 || passed === 0 ? 1 : 0;
