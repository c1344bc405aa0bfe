/** Loaded into a server's process beside it: says, when asked by a signal, how long its loop was held since the last time. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
let cpu = process.cpuUsage();

process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage(cpu);
  const heldMs = Number.isFinite(delays.max) ? delays.max / 1e6 : 0;
  process.stdout.write(`loop held ${heldMs.toFixed(1)} ms, cpu ${((user + system) / 1_000).toFixed(1)} ms\n`);
  delays.reset();
  cpu = process.cpuUsage();
});
