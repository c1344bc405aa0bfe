import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aDataDir } from '../kit/processes.ts';
import { type Community, found } from './kit/community.ts';
import { report } from './kit/figures.ts';
import { type Ledger, createLedger, judge, nothingWrong, readStored } from './kit/ledger.ts';
import { createChance, sendersOf, startLoad, wait } from './kit/load.ts';
import { counts, seed } from './kit/tier.ts';

/** Far above what is expected: the machine is shared. The figure is in the report. */
const readyMsMax = 10_000;
const kills = counts({ test: 5, torture: 100 });
const crashPoints = counts({ test: 5, torture: 500 });
/** A data folder is used for this many crashes, then a new one. */
const pointsPerWorld = 25;

async function aCommunity(): Promise<Community & { readonly dataDir: string; readonly copyDir: string }> {
  const folder = aDataDir();
  const dataDir = join(folder.path, 'data');
  const community = await found({ dataDir, people: 6, groups: 2 });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  return { ...community, dataDir, copyDir: join(folder.path, 'copy') };
}

/** Everything that was asked was answered in the end, so it must all be there, once. */
function expectWhole(ledger: Ledger, dataDir: string): void {
  const stored = readStored(dataDir);
  expect(judge(ledger, stored)).toEqual(nothingWrong);
  expect(stored.filter(({ type }) => type === 'message')).toHaveLength(ledger.ops.size);
  expect(ledger.acknowledged.size).toBe(ledger.ops.size);
}

test(`[SQ-3][SQ-5][SQ-6] killed ${kills} times under load, a server keeps what it acknowledged or showed, once and in order`, async () => {
  const community = await aCommunity();
  const { people, logs, dataDir } = community;
  const chance = createChance(seed);
  const ledger = createLedger();
  const load = startLoad(sendersOf(people, logs), ledger, { pauseMs: 40 });
  const readyMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await wait(50 + chance(500));
    // What a reader has seen must still be there afterwards: its reading goes on from there.
    await Promise.all(logs.map((log) => people[0]!.readLog(log)));
    await wait(chance(50));
    await community.server().kill();
    readyMs.push((await community.start()).readyMs);
  }
  await load.finish();
  const read = await Promise.all(logs.map((log) => people[0]!.readLog(log)));
  expect(
    judge(
      ledger,
      read.flatMap((events, i) => events.map((event) => ({ ...event, log: logs[i]!, text: textOf(event.payload) }))),
    ),
  ).toEqual(nothingWrong);
  await community.server().terminate();
  expectWhole(ledger, dataDir);
  report(`serving again after a kill, ${ledger.ops.size} messages`, readyMs);
  expect(Math.max(...readyMs)).toBeLessThan(readyMsMax);
});

test(`[SQ-3][SQ-5][SQ-6] killed at ${crashPoints} of its own writes and syncs, a server keeps what it acknowledged`, async () => {
  const chance = createChance(seed);
  const readyMs: number[] = [];
  let struck = 0;
  for (let done = 0; done < crashPoints; done += pointsPerWorld) {
    const community = await aCommunity();
    const points = Array.from({ length: Math.min(pointsPerWorld, crashPoints - done) }, () => 1 + chance(300));
    struck += await crashAtEach(community, points, readyMs);
  }
  report('serving again after a crash at a write', readyMs);
  expect(struck).toBeGreaterThan(crashPoints / 2);
  expect(Math.max(...readyMs)).toBeLessThan(readyMsMax);
});

/** Answers how many of the points were reached. */
async function crashAtEach(
  community: Awaited<ReturnType<typeof aCommunity>>,
  points: readonly number[],
  readyMs: number[],
): Promise<number> {
  const { people, logs, dataDir, copyDir } = community;
  const ledger = createLedger();
  let struck = 0;
  await community.server().terminate();
  for (const point of points) {
    const server = await community.start({ under: killedAt(point) }).catch(() => undefined);
    const load = startLoad(sendersOf(people, logs), ledger, { pauseMs: 5 });
    const isStruck =
      server === undefined || (await Promise.race([server.exited.then(() => true), wait(4_000).then(() => false)]));
    if (isStruck) struck++;
    else await server.kill();
    await load.abandon();
    // A copy is looked at: opening the file would repair it before the server can.
    cpSync(dataDir, copyDir, { recursive: true, force: true });
    expect({ point, missing: judge(ledger, readStored(copyDir)).missing }).toEqual({ point, missing: [] });
    readyMs.push((await community.start()).readyMs);
    const resent = startLoad(sendersOf(people, logs), ledger);
    await resent.finish();
    await community.server().terminate();
  }
  expect(judge(ledger, readStored(dataDir))).toEqual(nothingWrong);
  return struck;
}

/** The nth such call of any thread never returns. */
function killedAt(n: number): readonly string[] {
  const calls = 'pwrite64,fsync,fdatasync,ftruncate,unlink';
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${n}`];
}

function textOf(payload: unknown): string | undefined {
  return (payload as { readonly body?: { readonly text?: string } } | null)?.body?.text;
}
