/**
 * Loaded into a server's process beside it: says, when asked by a signal, what it holds once its garbage is gone, and how long
 * its loop was held since the last time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { collectEverywhere, heapOfThreads } from '../../kit/garbage.ts';

/** What was collected goes back to the operating system a moment later. */
const givenBackMs = 250;

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();

  process.on('SIGUSR2', () => {
    // Before the collection, which holds the loop too.
    const loop = { p99Ms: delays.percentile(99) / 1e6, maxMs: delays.max / 1e6 };
    const rssBefore = process.memoryUsage.rss();
    collectEverywhere();
    setTimeout(() => {
      const { rss, heapUsed, external } = process.memoryUsage();
      const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'TCPSocketWrap').length;
      const held = { rssBefore, rss, heapUsed, ofThreads: heapOfThreads(), external, resources };
      process.stdout.write(`observed ${JSON.stringify({ ...held, ...loop })}\n`);
      delays.reset();
    }, givenBackMs);
  });
}
