/** What a server's process holds while it works, sample by sample, and whether that grows. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../e2e/kit/until.ts';
import type { ServerProcess } from '../../kit/processes.ts';

/** For a server that was started with these. */
export const observedEnv = { NODE_OPTIONS: '--import=./tests/rig/kit/observed.ts' } as const;

export type Sample = {
  readonly minute: number;
  /** As the operating system counts it, just before a collection. */
  readonly rss: number;
  /** The same after it: what is held, not what is only not yet thrown away. */
  readonly held: number;
  readonly heap: number;
  /** The same of the thread that writes. */
  readonly writerHeap: number;
  readonly external: number;
  /** Timers and all else that keeps the process going, but connections. */
  readonly resources: number;
  readonly fds: number;
  readonly fileBytes: number;
  readonly walBytes: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
};

type Observed = Readonly<
  Record<'rssBefore' | 'rss' | 'heapUsed' | 'ofThreads' | 'external' | 'resources' | 'p99Ms' | 'maxMs', number>
>;

export const fdsOf = ({ pid }: { readonly pid: number }): number => readdirSync(`/proc/${pid}/fd`).length;

/** Connections at the server's port that both sides hold open, as the kernel lists them. */
function connectionsTo({ port }: ServerProcess): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const established = '01';
  return rows.filter(([, at = '', , state]) => at.endsWith(local) && state === established).length;
}

/**
 * What is open beyond the connections that clients hold. Those come and go with how busy the machine is; what the server opened
 * itself, or did not close after a client went, does not.
 */
export const ownFdsOf = (server: ServerProcess): number => fdsOf(server) - connectionsTo(server);

export async function takeSample(server: ServerProcess, minute: number): Promise<Sample> {
  const said = () => [...server.output().matchAll(/^observed (\{.*\})$/gm)];
  const before = said().length;
  process.kill(server.pid, 'SIGUSR2');
  const [, text = ''] = await until(() => said()[before], 'what the server holds');
  const { rssBefore, rss, heapUsed, ofThreads, external, resources, p99Ms, maxMs } = JSON.parse(text) as Observed;
  const bytesOf = (name: string): number => statSync(join(server.dataDir, name), { throwIfNoEntry: false })?.size ?? 0;
  return {
    minute,
    rss: rssBefore,
    held: rss,
    heap: heapUsed,
    writerHeap: ofThreads,
    external,
    resources,
    fds: fdsOf(server),
    fileBytes: bytesOf('chatter.db'),
    walBytes: bytesOf('chatter.db-wal'),
    loopP99Ms: p99Ms,
    loopMaxMs: maxMs,
  };
}

/** How much `y` rises with `x`, by least squares. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

/** The means of the first and the last tenth. */
export function endsOf(figures: readonly number[]): { readonly first: number; readonly last: number } {
  const count = Math.max(1, Math.floor(figures.length / 10));
  const mean = (part: readonly number[]): number => part.reduce((sum, figure) => sum + figure, 0) / part.length;
  return { first: mean(figures.slice(0, count)), last: mean(figures.slice(-count)) };
}

const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

/** As a table for the report. */
export function tableOf(samples: readonly Sample[]): readonly string[] {
  return [
    '| minute | RSS MiB | after GC MiB | heap MiB | writer’s heap MiB | external MiB | fds | resources | database MiB | WAL MiB | loop p99 ms | loop max ms |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...samples.map((each) => {
      const { minute, rss, held, heap, writerHeap, external, fds, resources, fileBytes, walBytes, loopP99Ms, loopMaxMs } = each;
      const memory = [rss, held, heap, writerHeap, external].map(mib);
      const disk = [fileBytes, walBytes].map(mib);
      const loop = [loopP99Ms, loopMaxMs].map((ms) => ms.toFixed(0));
      return `| ${[minute.toFixed(1), ...memory, fds, resources, ...disk, ...loop].join(' | ')} |`;
    }),
  ];
}
