import { setImmediate } from 'node:timers/promises';

/** Reads in a row may hold up the thread this long before sockets and timers get their turn. */
const turnMsMax = 5;

/**
 * Resolves when the next read may run: at once mostly, else after the event loop has gone round. Without it somebody who
 * reads a thousand times in a row would never let the thread go, because a read that has its answer is no pause.
 */
export function createTurns(): () => Promise<void> {
  let startedAt: number | undefined;

  async function start(): Promise<void> {
    startedAt = performance.now();
    await setImmediate();
    startedAt = undefined;
  }

  return async () => {
    if (startedAt !== undefined && performance.now() - startedAt > turnMsMax) await setImmediate();
    else if (startedAt === undefined) void start();
  };
}
