import { spawn } from 'node:child_process';
import { root } from './root.ts';

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly tookMs: number;
}

/** Runs one tool of node_modules on the project's Node. `show` streams its output; otherwise it is kept for the caller. */
export function runTool(script: string, args: readonly string[], { env = {}, show = false }: RunOptions = {}): Promise<Ran> {
  return runCommand(process.execPath, [script, ...args], { env, show });
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly show?: boolean;
}

/** In a log colours are noise, and what is told here may end up in one. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };

export function runCommand(command: string, args: readonly string[], { env = {}, show = false }: RunOptions = {}): Promise<Ran> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...plain, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const settle = (code: number): void => resolve({ code, output, tookMs: performance.now() - startedMs });
    child.on('error', (error) => {
      output += error.message;
      settle(127);
    });
    child.on('close', (code) => settle(code ?? 1));
  });
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
