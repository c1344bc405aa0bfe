import { join } from 'node:path';
import { aDataDir } from '../../tests/kit/processes.ts';
import { type Figure, figure, repeat } from '../kit/figure.ts';
import { type Pair, barePairs, chatterPairs } from '../kit/pairs.ts';
import { type Measured, startBare, startChatter } from '../kit/process.ts';
import { createTraffic } from '../kit/traffic.ts';

const pairCount = 50;
const rate = { perSecond: 500, ms: 3_000 } as const;
const warmUp = { perSecond: 200, ms: 1_000 } as const;

export async function latency(): Promise<readonly Figure[]> {
  const data = aDataDir();
  const chatter = await measured(await startChatter(join(data.path, 'data')), chatterPairs);
  data.remove();
  const bare = await measured(await startBare('bare-socket-io.ts'), barePairs);
  return [
    figure(
      'p50 at 500 messages/s',
      'ms',
      chatter.map(({ p50 }) => p50),
    ),
    figure(
      'p99 at 500 messages/s',
      'ms',
      chatter.map(({ p99 }) => p99),
    ),
    figure(
      'p50, bare Socket.IO',
      'ms',
      bare.map(({ p50 }) => p50),
    ),
    figure(
      'p99, bare Socket.IO',
      'ms',
      bare.map(({ p99 }) => p99),
    ),
  ];
}

async function measured(server: Measured, connect: (server: Measured, count: number) => Promise<readonly Pair[]>) {
  const pairs = await connect(server, pairCount);
  const traffic = createTraffic(pairs);
  await traffic.trickle(warmUp);
  const taken = await repeat(() => traffic.trickle(rate));
  for (const pair of pairs) pair.close();
  await server.stop();
  return taken;
}
