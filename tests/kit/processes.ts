/** The server as a process of its own, as an operator runs it: started, asked for its health, killed, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { freePort } from '../e2e/kit/server.ts';
import { until } from '../e2e/kit/until.ts';
import { expectNoLeaks } from './leaks.ts';

/** How a process ended, and how long after it was asked to (or after it was started, if nobody asked). */
export type Exit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tookMs: number;
  readonly output: string;
};

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** From the start of the process to the first 200 of /health. */
  readonly readyMs: number;
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  output(): string;
  /** The last code sent to a number: the console gateway prints it. */
  codeFor(phone: string): Promise<string>;
  /** As a power cut would end it, but for what the kernel holds: no goodbye, no flush. */
  kill(): Promise<Exit>;
  /** As an operator or a supervisor ends it. */
  terminate(): Promise<Exit>;
}

export type Starting = {
  readonly port?: number;
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the server, such as strace with its arguments. */
  readonly under?: readonly string[];
  readonly readyWithinMs?: number;
};

/** Enough of everything for a load that comes from one address. */
const generous = {
  CODES_PER_ADDRESS_HOUR: '100000',
  CODES_PER_BLOCK_HOUR: '100000',
  CODES_PER_HOUR: '100000',
  NODE_ENV: 'development',
  LOG_LEVEL: 'warn',
};

const started = new Set<ChildProcess>();
process.once('exit', () => started.forEach((child) => signalGroup(child, 'SIGKILL')));

/** A folder for a server's data, and the way to be rid of it. */
export function aDataDir(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'chatter-rig-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts api/main.ts and waits until it is healthy. Throws with what it printed when it ends instead. */
export async function startServerProcess(starting: Starting & { readonly dataDir: string }): Promise<ServerProcess> {
  const port = starting.port ?? (await freePort());
  const startedMs = performance.now();
  const running = launch({ ...starting, port });
  const url = `http://127.0.0.1:${port}`;
  const isHealthy = async (): Promise<boolean> => {
    if (!running.isRunning()) throw new Error(`The server ended before it was ready:\n${running.output()}`);
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    return answer?.ok === true;
  };
  try {
    await poll(isHealthy, starting.readyWithinMs ?? 20_000);
  } catch (error) {
    await running.kill();
    throw error;
  }
  return { ...running, url, port, dataDir: starting.dataDir, readyMs: performance.now() - startedMs };
}

/** Starts api/main.ts and waits for its end: for starts that are to fail. What still runs after `withinMs` is killed. */
export async function runServerProcess({
  withinMs = 10_000,
  ...starting
}: Starting & { readonly withinMs?: number }): Promise<Exit> {
  const running = launch(starting);
  const impatient = setTimeout(() => void running.kill(), withinMs);
  const exit = await running.exited;
  clearTimeout(impatient);
  return exit;
}

type Running = Omit<ServerProcess, 'url' | 'port' | 'dataDir' | 'readyMs'>;

function launch({ port, dataDir, env, under = [] }: Starting): Running {
  const [command, ...args] = [...under, process.execPath, 'api/main.ts'] as const;
  const child = spawn(command, args, {
    cwd: root,
    // A group of its own, so that a tracer and what it traces end together.
    detached: true,
    env: {
      ...cleanEnvironment(),
      ...generous,
      HOST: '127.0.0.1',
      ...(port !== undefined && { PORT: String(port) }),
      ...(dataDir !== undefined && { DATA_DIR: dataDir }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  // Codes are printed for the operator; the log is what goes to stderr.
  let logged = '';
  child.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let sinceMs = performance.now();
  const exited = new Promise<Exit>((resolve, reject) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      started.delete(child);
      try {
        expectNoLeaks(logged);
      } catch (leak) {
        reject(leak as Error);
      }
      resolve({ code, signal, tookMs: performance.now() - sinceMs, output });
    };
    child.once('close', settle);
    child.once('error', (error) => {
      output += error.message;
      settle(127, null);
    });
  });
  const isRunning = (): boolean => started.has(child) && child.exitCode === null && child.signalCode === null;
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    sinceMs = performance.now();
    signalGroup(child, signal);
    return exited;
  };
  return {
    pid: child.pid ?? 0,
    exited,
    isRunning,
    output: () => output,
    codeFor: (phone) => until(() => lastCode(output, phone), `a code for ${phone}`),
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
  };
}

/** Without what the test runner sets for itself, and without what a developer's shell sets for their own server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(PORT|HOST|DATA_DIR|SERVER_ID|NODE_ENV|NODE_OPTIONS|VITEST|VITEST_.*|TIER|SIM_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Closer together than `until`, because the time itself is a figure here. */
async function poll(isDone: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await isDone())) {
    if (performance.now() > deadlineMs) throw new Error(`The server was not ready within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function lastCode(output: string, phone: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.includes(`Code for ${phone}:`));
  return /: (\d{3}) ?(\d{3})\b/
    .exec(lines.at(-1) ?? '')
    ?.slice(1, 3)
    .join('');
}
