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
  readonly pid: number;
  codeFor(phone: string): Promise<string>;
  stop(): Promise<void>;
}

/** The real one, with the paces taken off. `BENCH_NODE_OPTIONS=--cpu-prof` profiles it. */
export async function startChatter(
  dataDir: string,
  { port, preloads = [] }: { readonly port?: number; readonly preloads?: readonly string[] } = {},
): Promise<Measured> {
  const imports = ['unbounded.ts', ...preloads].map((file) => `--import ${preload(file)}`);
  const NODE_OPTIONS = `${imports.join(' ')} ${process.env['BENCH_NODE_OPTIONS'] ?? ''}`;
  const server = await startServerProcess({
    dataDir,
    ...(port !== undefined && { port }),
    env: { NODE_OPTIONS, CONNECTIONS_PER_ADDRESS: '10000' },
  });
  return { ...server, stop: async () => void (await server.terminate()) };
}

const preload = (file: string): string => pathToFileURL(join(root, 'bench', 'kit', file)).href;

/** One of the limits beside it: prints `port <n>` when it listens. */
export async function startBare(
  script: string,
  args: readonly string[] = [],
  preloads: readonly string[] = [],
): Promise<Measured> {
  const imports = preloads.flatMap((file) => ['--import', preload(file)]);
  const child = spawn(process.execPath, [...imports, join(root, 'bench', 'kit', script), ...args], {
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
    pid: child.pid!,
    codeFor: () => Promise.reject(new Error(`${script} knows nobody`)),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
