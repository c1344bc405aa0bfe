/** Servers under measurement, each a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/root.ts';
import { until } from '../../tests/e2e/kit/until.ts';
import { startServerProcess } from '../../tests/kit/processes.ts';

export interface Measured {
  readonly port: number;
  readonly url: string;
  codeFor(phone: string): Promise<string>;
  stop(): Promise<void>;
}

/** The real one, with the paces taken off. `BENCH_NODE_OPTIONS=--cpu-prof` profiles it. */
export async function startChatter(dataDir: string): Promise<Measured> {
  const preload = pathToFileURL(join(root, 'bench', 'kit', 'unbounded.ts')).href;
  const NODE_OPTIONS = `--import ${preload} ${process.env['BENCH_NODE_OPTIONS'] ?? ''}`;
  const server = await startServerProcess({ dataDir, env: { NODE_OPTIONS } });
  return { ...server, stop: async () => void (await server.terminate()) };
}

/** One of the limits beside it: prints `port <n>` when it listens. */
export async function startBare(script: string, args: readonly string[] = []): Promise<Measured> {
  const child = spawn(process.execPath, [join(root, 'bench', 'kit', script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  process.once('exit', () => child.kill('SIGKILL'));
  const port = await until(() => {
    if (child.exitCode !== null) throw new Error(`${script} ended:\n${output}`);
    return Number(/^port (\d+)$/m.exec(output)?.[1] ?? 0) || undefined;
  }, `${script} to listen`);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    codeFor: () => Promise.reject(new Error(`${script} knows nobody`)),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
