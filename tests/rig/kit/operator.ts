/** What an operator types, as a process of its own. */
import { spawn } from 'node:child_process';
import { root } from '../../../scripts/root.ts';

export type Typed = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };

/** Runs one of the commands of api/ops. `under`: a command that runs it, such as strace with its arguments. */
export function operate(args: readonly string[], under: readonly string[] = []): Promise<Typed> {
  const [command = '', ...rest] = [...under, process.execPath, 'api/ops/main.ts', ...args];
  const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal, output }));
  });
}
