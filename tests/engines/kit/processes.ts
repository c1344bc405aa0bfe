import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { once } from 'node:events';
import { until } from '../../e2e/kit/until.ts';

/** A process with all its children, and what it said. */
export interface Family {
  readonly output: () => string;
  readonly isRunning: () => boolean;
  /** SIGKILL to all of them; resolves when the first has gone. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach(killGroup));

/** Starts a process at the head of a group of its own, so that its children end with it. */
export function startFamily(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Family {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit').then(
    () => void running.delete(child),
    (error: Error) => {
      output += error.message;
      running.delete(child);
    },
  );
  return {
    output: () => output,
    isRunning: () => running.has(child),
    kill: async () => {
      killGroup(child);
      await exited;
    },
  };
}

/** Waits for words that a process says when it is ready. */
export async function heard(family: Family, words: RegExp, what: string): Promise<string> {
  const match = await until(() => {
    const found = words.exec(family.output());
    if (!found && !family.isRunning()) throw new Error(`${what} ended:\n${family.output()}`);
    return found ?? undefined;
  }, what);
  return match[1] ?? '';
}

/** A browser's helpers may still write for a moment after its first process has gone. */
export async function removeFolder(folder: string): Promise<void> {
  await until(() => {
    try {
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY') return false;
      throw error;
    }
  }, 'the profile to be removed');
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // All of them have ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
