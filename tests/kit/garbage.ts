/**
 * Loaded into a server's process beside it (`node --import`), in each of its threads: a thread has a heap of its own and can
 * collect only that.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (how: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;
/** Everything that can go goes, the room for what is young too: how much of that V8 keeps follows the load, not what is held. */
const collect = (): void => gc({ type: 'major', flavor: 'last-resort' });

const threads = new BroadcastChannel('garbage');
threads.unref();
/** What the other threads held after their last collection, in bytes, in all. */
let ofThreads = 0;
threads.onmessage = ({ data }: { readonly data: unknown }) => {
  if (isMainThread) {
    if (typeof data === 'number') ofThreads += data;
  } else if (data === 'collect') {
    collect();
    threads.postMessage(process.memoryUsage().heapUsed);
  }
};

/** Collects the garbage of this thread at once and that of the others a moment later. */
export function collectEverywhere(): void {
  ofThreads = 0;
  threads.postMessage('collect');
  collect();
}

export const heapOfThreads = (): number => ofThreads;
