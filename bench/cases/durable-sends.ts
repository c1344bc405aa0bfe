import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { aDataDir } from '../../tests/kit/processes.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { barePairs, chatterPairs } from '../kit/pairs.ts';
import { startBare, startChatter } from '../kit/process.ts';
import { type Traffic, createTraffic } from '../kit/traffic.ts';

const pairCount = 50;
const flood = { inFlight: 4, ms: 2_000 } as const;

export async function durableSends(): Promise<readonly Figure[]> {
  const data = aDataDir();
  const chatter = await chatterSends(join(data.path, 'data'));
  const groupSize = Math.max(1, Math.round(median(chatter.map(({ groupSize: size }) => size))));
  const sqlite = await repeat(async (run) => bareSqlite(join(data.path, `bare-${run}.db`), groupSize));
  data.remove();
  const socketIo = await bareSends();
  const sends = chatter.map(({ perSecond }) => perSecond);
  return [
    figure('stored, acknowledged and received', 'messages/s', sends),
    figure(
      'messages a commit',
      'messages',
      chatter.map(({ groupSize: size }) => size),
    ),
    figure('bare SQLite, as many a commit', 'rows/s', sqlite),
    figure('bare Socket.IO', 'messages/s', socketIo),
    figure(
      'of bare SQLite',
      '×',
      sends.map((perSecond) => perSecond / median(sqlite)),
    ),
    figure(
      'of bare Socket.IO',
      '×',
      sends.map((perSecond) => perSecond / median(socketIo)),
    ),
  ];
}

type Sends = { readonly perSecond: number; readonly groupSize: number };

async function chatterSends(dataDir: string): Promise<readonly Sends[]> {
  const server = await startChatter(dataDir);
  const pairs = await chatterPairs(server, pairCount);
  const traffic = createTraffic(pairs);
  await traffic.flood(flood);
  const commits = commitsOf(join(dataDir, 'chatter.db'));
  const taken = await repeat(async () => {
    const before = commits();
    const perSecond = await traffic.flood(flood);
    return { perSecond, groupSize: (perSecond * flood.ms) / 1_000 / Math.max(1, commits() - before) };
  });
  for (const pair of pairs) pair.close();
  await server.stop();
  return taken;
}

async function bareSends(): Promise<readonly number[]> {
  const server = await startBare('bare-socket-io.ts');
  const pairs = await barePairs(server, pairCount);
  const traffic: Traffic = createTraffic(pairs);
  await traffic.flood(flood);
  const taken = await repeat(() => traffic.flood(flood));
  for (const pair of pairs) pair.close();
  await server.stop();
  return taken;
}

function bareSqlite(file: string, groupSize: number): number {
  const args = [join(root, 'bench', 'kit', 'bare-sqlite.ts'), file, String(groupSize), '1000'];
  return Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
}

/** The change counter in the header of SQLite's index of the write-ahead log: one more with every commit (SQLite's walformat, iChange). */
function commitsOf(file: string): () => number {
  const bytes = Buffer.alloc(4);
  return () => {
    const index = openSync(`${file}-shm`, 'r');
    readSync(index, bytes, 0, 4, 8);
    closeSync(index);
    return bytes.readUInt32LE();
  };
}
