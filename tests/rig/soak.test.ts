/** An hour of everything at once: what a server holds does not grow, and nothing acknowledged is lost, doubled or out of order. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import {
  CHAIN_START,
  type Chain,
  type LogEvent,
  type Op,
  type Run,
  type Seq,
  conversationLog,
  limits,
  rootOf,
} from '#sync-protocol';
import { aConversation } from '#sync-protocol/testing';
import { until } from '../e2e/kit/until.ts';
import { type ServerProcess, aDataDir, startServerProcess } from '../kit/processes.ts';
import { createRandom } from '../kit/random.ts';
import { type ScriptClient, aMessage, directWith, insist, signUp } from '../kit/script-client.ts';
import { createFollower } from './kit/follower.ts';
import { type Sample, endsOf, fdsOf, observedEnv, ownFdsOf, slopeOf, tableOf, takeSample } from './kit/gauge.ts';
import { readStored } from './kit/ledger.ts';
import { wait } from './kit/load.ts';
import { operate } from './kit/operator.ts';
import { type RollingLedger, createRollingLedger } from './kit/rolling-ledger.ts';
import { type Crowd, gather } from './kit/soak-crowd.ts';
import type { SoakDevice } from './kit/soak-device.ts';
import { isTorture, seed } from './kit/tier.ts';

const minuteMs = 60_000;
const mib = 1024 * 1024;
const minutes = Number(process.env['SOAK_MINUTES'] ?? (isTorture ? 60 : 0.1));
const isLong = minutes >= 1;
const warmUp = isLong ? Math.min(10, minutes / 4) : minutes / 4;
/** In a shorter time chance moves the memory more than a leak would. */
const isSlopeMeant = minutes - warmUp >= 20;
const slopeMiBMax = 1;
const fdShareMax = 0.02;
/** Each socket has a few timers, and some are always just being replaced. What is left behind each time would come to far more. */
const resourceShareMax = 0.05;
const grownMiBMax = 150;
/** Checkpoints begin at 16 MiB; a backup that reads meanwhile puts them off. */
const walMiBMax = 64;
/** What the process opens once, when it is first needed. */
const fdsMore = 2;

const people = isLong ? 40 : 14;
const paceMs = isLong ? 1_000 : 350;
const every = isLong
  ? { sample: 10_000, audit: minuteMs, turn: 8_000, backup: Math.min(10, minutes / 3) * minuteMs }
  : { sample: 1_000, audit: 2_000, turn: 400, backup: 3_000 };

/**
 * SQLite keeps up to 64 MiB of pages in memory for the connection that writes. That fills as data is stored, once, and would be
 * mistaken for a leak for as long as it does. So it is filled before anything is measured, by somebody who has nothing to do
 * with the rest. The connection that reads forgets its pages whenever something was committed.
 */
const ballastBytes = 80 * mib;

async function fillPageCache(server: ServerProcess): Promise<void> {
  const keeper: ScriptClient = await signUp(server, 'keeper');
  const { log } = directWith(keeper.user, keeper.user);
  const text = 'x'.repeat(limits.textBytesMax - 64);
  for (let bytes = 0; bytes < ballastBytes; bytes += 10 * text.length) {
    const ops = Array.from({ length: 10 }, () => aMessage(log, text, keeper.user));
    await insist(() => keeper.send(ops));
  }
}

type Soak = { readonly server: ServerProcess; readonly crowd: Crowd; readonly folder: string };
type Measured = {
  readonly samples: Sample[];
  readonly fds: { readonly minute: number; readonly all: number; readonly own: number }[];
  backups: readonly string[];
};

/** Everything at once, until the time is over and each thing happened. The first that fails ends the rest. */
async function live({ server, crowd, folder }: Soak): Promise<Measured> {
  const startedMs = performance.now();
  const minute = (): number => (performance.now() - startedMs) / minuteMs;
  const measured: Measured = { samples: [], fds: [], backups: [] };
  const failures: unknown[] = [];
  const isEnough = (): boolean => measured.backups.length > 0 && hasDoneAll(crowd);
  const isOver = (): boolean => failures.length > 0 || (minute() > minutes && isEnough());
  const running = new Set<Promise<void>>();
  const run = (task: Promise<void>): void => {
    const ended = task.catch((error: unknown) => void failures.push(error)).finally(() => running.delete(ended));
    running.add(ended);
  };
  const repeat = async (everyMs: number, act: () => Promise<unknown>): Promise<void> => {
    for (let dueMs = performance.now() + everyMs; !isOver();) {
      await wait(Math.min(100, Math.max(0, dueMs - performance.now())));
      if (performance.now() < dueMs) continue;
      await act();
      dueMs = Math.max(dueMs + everyMs, performance.now());
    }
  };
  const start = (device: SoakDevice): void => run(device.live(isOver, paceMs));

  for (const device of crowd.devices) start(device);
  run(repeat(every.sample, async () => measured.samples.push(await takeSample(server, minute()))));
  run(
    repeat(Math.min(1_000, every.sample), async () =>
      measured.fds.push({ minute: minute(), all: fdsOf(server), own: ownFdsOf(server) }),
    ),
  );
  run(repeat(every.audit, () => crowd.audit()));
  run(repeat(every.turn, () => crowd.turn(start)));
  run(
    repeat(every.backup, async () => {
      for (const earlier of measured.backups) rmSync(earlier, { recursive: true, force: true });
      measured.backups = [await backUp(server, folder)];
    }),
  );
  await until(() => running.size === 0, 'all to end', (minutes + 5) * minuteMs);
  if (failures.length > 0) throw failures[0];
  return measured;
}

const turns = ['sign up', 'further device', 'in or out', 'rename'];
const hasDoneAll = ({ counts }: Crowd): boolean =>
  [...turns, 'draft', 'close', 'cut', 'slow'].every((what) => (counts.get(what) ?? 0) > 0);

async function backUp({ dataDir }: ServerProcess, folder: string): Promise<string> {
  const { code, output } = await operate(['backup', join(folder, 'backups')], ['env', `DATA_DIR=${dataDir}`]);
  expect(code, output).toBe(0);
  return output.trimEnd().split('\n').at(-1)!;
}

/** When nothing moves any more: everybody is where the server is, by its own account and by the root made here. */
async function expectConverged(device: SoakDevice): Promise<void> {
  const { heads = [], root } = await device.catchUpWithAll();
  expect(heads.map(([id]) => ({ id, ...device.follower.at(conversationLog(id)) }))).toEqual(
    heads.map(([id, watermark, chain]) => ({ id, watermark, chain })),
  );
  expect(rootOf(heads.map(([id, head, chain]) => ({ id, head, chain })))).toBe(root);
  const { self, rows, logs, more } = await device.askForNews();
  expect({ self, rows, logs, more }).toEqual({ self: undefined, rows: [], logs: [], more: false });
}

/** What was followed, seq by seq and link by link, is what lies in the file. */
async function expectStored(dataDir: string, devices: readonly SoakDevice[]): Promise<void> {
  readStored(dataDir);
  const db = new DatabaseSync(join(dataDir, 'chatter.db'), { readOnly: true });
  const stored = db.prepare('SELECT log, head AS watermark, chain FROM logs').all() as { log: string }[];
  db.close();
  const byLog = new Map(stored.map(({ log, ...at }) => [log, at]));
  for (const { follower } of devices) {
    for (const log of follower.logs()) expect({ log, ...follower.at(log) }).toEqual({ log, ...byLog.get(log) });
  }
  expect(await operate(['verify', dataDir])).toMatchObject({ code: 0 });
}

test(
  `[SQ-3][SQ-5][SQ-6][SM-1] after ${minutes} minutes of everything a server holds no more than before, and everything it acknowledged`,
  { timeout: (minutes + 20) * minuteMs },
  async ({ task }) => {
    const { path: folder, remove } = aDataDir();
    const dataDir = join(folder, 'data');
    const server = await startServerProcess({ dataDir, env: { ...observedEnv, TRUST_PROXY: '127.0.0.1' } });
    onTestFinished(async () => {
      if (server.isRunning()) await server.kill();
      remove();
    });
    const fdsBefore = ownFdsOf(server);
    const ledger = createRollingLedger();
    const crowd = await gather({ server, people, ledger, random: createRandom(seed) });
    if (isLong) await fillPageCache(server);

    const measured = await live({ server, crowd, folder });
    const figures = summaryOf(measured, crowd, ledger.counts);
    task.meta.figures = figures;
    process.stdout.write(`\n${figures.map((line) => `      ${line}\n`).join('')}`);

    await crowd.letAllIn();
    for (const device of crowd.all()) await expectConverged(device);
    await crowd.audit();
    expect(ledger.wrong).toEqual([]);
    expect(ledger.waiting()).toBe(0);
    for (const device of crowd.all()) device.close();
    await until(() => ownFdsOf(server) <= fdsBefore + fdsMore, `${fdsBefore} descriptors, as before anybody came`);
    expect(await server.terminate()).toMatchObject({
      code: 0,
      output: expect.not.stringContaining('"level":"error"') as unknown,
    });
    await expectStored(dataDir, crowd.devices);
    expect(await operate(['verify', measured.backups[0]!])).toMatchObject({ code: 0 });
    expectSteady(measured);
  },
);

/** The rig is only as good as its judges: each thing that may go wrong is planted once, and named. */
const log = conversationLog(aConversation(1));
const aRead = (op: Op, seq: Seq): LogEvent =>
  ({ seq, opId: op.opId, type: 'message', payload: op.payload, chain: chainAt(seq) }) as unknown as LogEvent;
const chainAt = (seq: Seq): Chain => String(seq).padStart(16, '0') as Chain;

test.each<{ what: string; plant: (ledger: RollingLedger, one: Op, two: Op) => void; named: string | undefined }>([
  {
    what: 'all in order',
    plant: (ledger, one, two) => {
      ledger.read(log, aRead(one, 1));
      ledger.answered([
        { opId: one.opId, log, seq: 1 },
        { opId: two.opId, log, seq: 2 },
      ]);
      ledger.read(log, aRead(two, 2));
      ledger.readTo(log, 2);
    },
    named: undefined,
  },
  {
    what: 'acknowledged and not there',
    plant: (ledger, one) => {
      ledger.answered([{ opId: one.opId, log, seq: 1 }]);
      ledger.readTo(log, 1);
    },
    named: 'was acknowledged as 1',
  },
  {
    what: 'there twice',
    plant: (ledger, one) => {
      ledger.answered([{ opId: one.opId, log, seq: 1 }]);
      ledger.read(log, aRead(one, 1));
      ledger.read(log, aRead(one, 2));
    },
    named: 'nobody asked for it, or it is there twice',
  },
  {
    what: 'there twice before it is answered',
    plant: (ledger, one) => {
      ledger.read(log, aRead(one, 1));
      ledger.read(log, aRead(one, 2));
    },
    named: 'twice: 1 and 2',
  },
  {
    what: 'elsewhere than it was said to be',
    plant: (ledger, one) => {
      ledger.read(log, aRead(one, 1));
      ledger.answered([{ opId: one.opId, log, seq: 2 }]);
    },
    named: 'was answered 2 and is 1',
  },
  {
    what: 'out of order',
    plant: (ledger, one, two) => {
      ledger.read(log, aRead(two, 1));
      ledger.read(log, aRead(one, 2));
    },
    named: 'ann said 1 after 2',
  },
  {
    what: 'refused and there all the same',
    plant: (ledger, one) => {
      ledger.refused(one.opId);
      ledger.read(log, aRead(one, 1));
    },
    named: 'nobody asked for it',
  },
])('planted: what is $what is named, or is fine', ({ plant, named }) => {
  const ledger = createRollingLedger();
  const [one, two] = [aMessage(log, 'ann:1'), aMessage(log, 'ann:2')];
  for (const op of [one, two]) ledger.asked(op);
  plant(ledger, one, two);
  expect(ledger.wrong).toEqual(named === undefined ? [] : [expect.stringContaining(named)]);
  if (named === undefined) expect(ledger.waiting()).toBe(0);
});

test('planted: a follower takes what joins on, keeps what is early, and names a hole and another history', () => {
  const events = [1, 2, 3, 4].map((seq) => aRead(aMessage(log, `ann:${seq}`), seq));
  const aRun = (from: Seq, to: Seq): Run => ({
    log,
    from,
    fromChain: from === 0 ? CHAIN_START : chainAt(from),
    to,
    toChain: chainAt(to),
    head: to,
    items: events.slice(from, to),
  });
  const read: Seq[] = [];
  const follower = createFollower((_, { seq }) => void read.push(seq));
  follower.hear(aRun(0, 1));
  follower.hear(aRun(2, 4));
  expect(follower.behind()).toEqual([log]);
  follower.take({ kind: 'run', ...aRun(0, 3) });
  expect([read, follower.behind(), follower.at(log)]).toEqual([[1, 2, 3, 4], [], { watermark: 4, chain: chainAt(4) }]);
  expect(() => follower.take({ kind: 'run', ...aRun(4, 4), to: 5, head: 5 })).toThrow('ended at 4');
  const elsewhere = {
    ...aRun(3, 4),
    to: 5,
    head: 5,
    items: [
      { ...events[3]!, chain: chainAt(9) },
      { ...events[3]!, seq: 5 },
    ],
  };
  expect(() => follower.hear(elsewhere)).toThrow('went another way at 4');
});

test('planted: a slope is told from what only goes up and down', () => {
  const minutesOf = Array.from({ length: 200 }, (_, i) => i / 4);
  const wave = (x: number): number => 10 * Math.sin(x * 7);
  expect(slopeOf(minutesOf.map((x) => ({ x, y: 100 + wave(x) })))).toBeLessThan(0.1);
  expect(slopeOf(minutesOf.map((x) => ({ x, y: 100 + wave(x) + 1.5 * x })))).toBeGreaterThan(slopeMiBMax);
});

function expectSteady({ samples, fds }: Measured): void {
  const warm = samples.filter(({ minute }) => minute > warmUp);
  const held = warm.map((each) => each.held / mib);
  expect(warm.length).toBeGreaterThan(1);
  expect(endsOf(held).last - endsOf(held).first).toBeLessThan(grownMiBMax);
  expect(Math.max(...samples.map(({ walBytes }) => walBytes / mib))).toBeLessThan(walMiBMax);
  if (!isSlopeMeant) return;
  expect(slopeOf(warm.map(({ minute }, i) => ({ x: minute, y: held[i]! })))).toBeLessThan(slopeMiBMax);
  const own = fds.filter(({ minute }) => minute > warmUp).map((each) => each.own);
  expect(shiftOf(own)).toBeLessThan(fdShareMax);
  expect(shiftOf(warm.map(({ resources }) => resources))).toBeLessThan(resourceShareMax);
}

const shiftOf = (figures: readonly number[]): number => Math.abs(endsOf(figures).last / endsOf(figures).first - 1);

function summaryOf({ samples, fds }: Measured, { counts }: Crowd, ledger: Readonly<Record<string, number>>): readonly string[] {
  const warm = samples.filter(({ minute }) => minute > warmUp);
  const slope = (pick: (sample: Sample) => number): string =>
    slopeOf(warm.map((sample) => ({ x: sample.minute, y: pick(sample) / mib }))).toFixed(3);
  const warmFds = fds.filter(({ minute }) => minute > warmUp);
  const [open, own] = [endsOf(warmFds.map(({ all }) => all)), endsOf(warmFds.map((each) => each.own))];
  const resources = endsOf(warm.map((sample) => sample.resources));
  const shown = samples.filter(({ minute }, i) => Math.floor(minute) > Math.floor(samples[i - 1]?.minute ?? -1));
  const tell = ({ first, last }: { first: number; last: number }): string => `${first.toFixed(1)} → ${last.toFixed(1)}`;
  return [
    `- after ${warmUp.toFixed(1)} minutes of warming up, MiB a minute: after GC ${slope(({ held }) => held)}, RSS ${slope(({ rss }) => rss)}, heap ${slope(({ heap }) => heap)}, the writer’s ${slope(({ writerHeap }) => writerHeap)}`,
    `- first and last tenth: descriptors ${tell(open)}, without clients’ connections ${tell(own)}, resources ${tell(resources)}`,
    `- ${Object.entries(ledger)
      .map(([what, n]) => `${what} ${n}`)
      .join(', ')}; ${[...counts].map(([what, n]) => `${what} ${n}`).join(', ')}`,
    `- the rig itself: ${(process.memoryUsage.rss() / mib).toFixed(0)} MiB`,
    '',
    ...tableOf(shown),
  ];
}
