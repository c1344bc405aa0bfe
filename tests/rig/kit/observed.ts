/**
 * Loaded into a server's process beside it: says, when asked by a signal, what it holds once its garbage is gone, and how long
 * its loop was held since the last time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** What was collected goes back to the operating system a moment later. */
const givenBackMs = 250;

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();

  process.on('SIGUSR2', () => {
    // Before the collection, which holds the loop too.
    const loop = { p99Ms: delays.percentile(99) / 1e6, maxMs: delays.max / 1e6 };
    const rssBefore = process.memoryUsage.rss();
    collect();
    setTimeout(() => {
      const { rss, heapUsed, external } = process.memoryUsage();
      const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'TCPSocketWrap').length;
      process.stdout.write(`observed ${JSON.stringify({ rssBefore, rss, heapUsed, external, resources, ...loop })}\n`);
      delays.reset();
    }, givenBackMs);
  });
}
