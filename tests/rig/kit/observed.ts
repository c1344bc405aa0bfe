/**
 * Loaded into a server's process beside it: says, when asked by a signal, what it holds once its garbage is gone, and how long
 * its loop was held since the last time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** What was collected goes back to the operating system a moment later. */
const givenBackMs = 250;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (how: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;
/** Everything that can go goes, the room for what is young too: how much of that V8 keeps follows the load, not what is held. */
const collect = (): void => gc({ type: 'major', flavor: 'last-resort' });

/** Each thread has a heap of its own, and collects only that. */
const threads = new BroadcastChannel('observed');
threads.unref();

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  let ofThreads = 0;
  threads.onmessage = ({ data }: { readonly data: unknown }) => void (typeof data === 'number' && (ofThreads += data));

  process.on('SIGUSR2', () => {
    // Before the collection, which holds the loop too.
    const loop = { p99Ms: delays.percentile(99) / 1e6, maxMs: delays.max / 1e6 };
    const rssBefore = process.memoryUsage.rss();
    ofThreads = 0;
    threads.postMessage('collect');
    collect();
    setTimeout(() => {
      const { rss, heapUsed, external } = process.memoryUsage();
      const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'TCPSocketWrap').length;
      process.stdout.write(`observed ${JSON.stringify({ rssBefore, rss, heapUsed, ofThreads, external, resources, ...loop })}\n`);
      delays.reset();
    }, givenBackMs);
  });
} else {
  threads.onmessage = ({ data }: { readonly data: unknown }) => {
    if (data !== 'collect') return;
    collect();
    threads.postMessage(process.memoryUsage().heapUsed);
  };
}
