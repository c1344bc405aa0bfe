import { runTool, seconds } from './run.ts';

const steps: readonly { readonly name: string; readonly script: string; readonly args: readonly string[] }[] = [
  { name: 'format', script: 'node_modules/oxfmt/bin/oxfmt', args: ['--check'] },
  { name: 'lint', script: 'node_modules/oxlint/bin/oxlint', args: ['--deny-warnings'] },
  { name: 'types: protocol', script: 'node_modules/typescript/bin/tsc', args: ['-p', 'sync-protocol'] },
  { name: 'types: api', script: 'node_modules/typescript/bin/tsc', args: ['-p', 'api'] },
  { name: 'types: app', script: 'node_modules/typescript/bin/tsc', args: ['-p', 'app'] },
  { name: 'types: tests and tools', script: 'node_modules/typescript/bin/tsc', args: ['-p', '.'] },
];

/** Runs every static step, two at a time, and returns the names of those that failed. */
export async function runStaticChecks(): Promise<string[]> {
  const failed: string[] = [];
  const queue = [...steps];
  async function work(): Promise<void> {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const { code, output, tookMs } = await runTool(step.script, step.args);
      process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'}  ${step.name} (${seconds(tookMs)})\n`);
      if (code === 0) continue;
      process.stdout.write(`${output.trimEnd()}\n`);
      failed.push(step.name);
    }
  }
  await Promise.all([work(), work()]);
  if (failed.includes('format')) process.stdout.write('To format: npm run format\n');
  return failed;
}
