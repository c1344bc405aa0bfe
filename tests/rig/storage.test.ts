import { expect, onTestFinished, test } from 'vitest';
import { until } from '../e2e/kit/until.ts';
import { aDataDir } from '../kit/processes.ts';
import { found } from './kit/community.ts';
import { type SmallDisk, mountTmpfs } from './kit/disk.ts';
import { report } from './kit/figures.ts';
import { createLedger, judge, nothingWrong, readStored } from './kit/ledger.ts';
import { sendersOf, startLoad, wait } from './kit/load.ts';
import { counts, isRoot } from './kit/tier.ts';

const fillings = counts({ test: 2, torture: 20 });
const failures = counts({ test: 2, torture: 10 });
/** A device may ask so often a minute, and the full count takes longer than that. */
const pauseMs = counts({ test: 20, torture: 50 });
/** Room for what is said in between: a disk that is full without the filling does not heal. */
const diskMiB = counts({ test: 24, torture: 160 });

async function aCommunityOn(dataDir: string) {
  const community = await found({ dataDir, people: 4, groups: 2 });
  onTestFinished(community.stop);
  return community;
}

test.skipIf(!isRoot)(
  `[SQ-8] a disk that fills up ${fillings} times stops acknowledgements and nothing else (may skip: mounting needs root)`,
  async () => {
    const disk = mountTmpfs(`${diskMiB}m`);
    onTestFinished(disk.unmount);
    const community = await aCommunityOn(disk.path);
    const { people, logs } = community;
    const ledger = createLedger();
    const load = startLoad(sendersOf(people, logs), ledger, { pauseMs });
    const noticedMs: number[] = [];
    const healedMs: number[] = [];
    for (let filling = 0; filling < fillings; filling++) {
      const refusalsBefore = load.refusals.length;
      const healthOf = createHealthOf(community.server().url);
      disk.fill({ leavingBytes: 0 });
      await until(() => load.refusals.length > refusalsBefore, 'an op to be refused');
      noticedMs.push(
        await msUntil(async () => (await healthOf()).store === 'full', 2_000, 'health to tell that the disk is full'),
      );
      await expectOnlyWritesToFail(community.people[1]!, logs[0]!);
      disk.empty();
      healedMs.push(await msUntil(async () => (await healthOf()).ok, 5_000, 'health to recover by itself'));
      await wait(200);
    }
    await load.finish();
    expect([...new Set(load.refusals)]).toEqual(['storage-full']);
    await community.server().terminate();
    const stored = readStored(disk.path);
    expect(judge(ledger, stored)).toEqual(nothingWrong);
    expect(stored.filter(({ type }) => type === 'message')).toHaveLength(ledger.acknowledged.size);
    report('health red after the first refusal', noticedMs);
    report('healthy after the disk had room again', healedMs);
  },
);

let numbers = 1_000;
type Reader = Awaited<ReturnType<typeof found>>['people'][number];

async function expectOnlyWritesToFail(person: Reader, log: Parameters<Reader['readLog']>[0]): Promise<void> {
  await person.readLog(log);
  expect(await person.ask('GET', '/api/me')).toMatchObject({ status: 200 });
  // A write-ahead log that begins anew has room of its own: what is small is taken until that is used.
  const refused = await until(async () => {
    // A number is sent one code in a while: each time another.
    const answer = await person.ask('POST', '/api/login', { phone: `+4144668${numbers++}` });
    return answer.status !== 200 && answer;
  }, 'the room there is left to be used');
  expect(refused).toMatchObject({ status: 507, body: { refusal: 'storage-full' } });
}

test.skipIf(!isRoot)(
  '[SQ-8] a server starts on a full disk, serves what is there and says what is wrong (may skip: mounting needs root)',
  async () => {
    const disk: SmallDisk = mountTmpfs('24m');
    onTestFinished(disk.unmount);
    const community = await aCommunityOn(disk.path);
    const { people, logs } = community;
    const ledger = createLedger();
    await startLoad(sendersOf(people, logs), ledger).finish();
    await community.server().terminate();
    disk.fill({ leavingBytes: 64 * 1024 });
    const server = await community.start();
    disk.fill({ leavingBytes: 0 });
    const reader = people[0]!;
    expect((await reader.readLog(logs[0]!)).length).toBeGreaterThan(1);
    disk.empty();
    await startLoad(sendersOf(people, logs), ledger).finish();
    await server.terminate();
    expect(judge(ledger, readStored(disk.path))).toEqual(nothingWrong);
  },
);

test(`[SQ-9] after a sync of the disk failed, ${failures} times, nothing more is acknowledged and the server ends`, async () => {
  const folder = aDataDir();
  onTestFinished(folder.remove);
  const community = await aCommunityOn(folder.path);
  const { people, logs } = community;
  const ledger = createLedger();
  const exitMs: number[] = [];
  for (let failure = 0; failure < failures; failure++) {
    await community.server().terminate();
    const server = await community.start({ under: syncFailsFrom(5 + failure * 7) });
    const load = startLoad(sendersOf(people, logs), ledger, { pauseMs: 5 });
    await until(() => load.refusals.length > 0 || !server.isRunning(), 'the first refusal');
    const refusedMs = performance.now();
    // An answer from before may still be on its way: what was refused, or asked for since, is what must not be acknowledged.
    const askedBefore = new Set(ledger.ops.keys());
    const { code, signal, output } = await server.exited;
    exitMs.push(performance.now() - refusedMs);
    await load.abandon();
    const acknowledgedLater = [...ledger.acknowledged.keys()].filter((op) => load.refused.has(op) || !askedBefore.has(op));
    expect({ signal, acknowledgedLater }).toEqual({ signal: null, acknowledgedLater: [] });
    expect(code).toBeGreaterThan(0);
    expect(output).toContain('The disk of the database failed');
    expect(judge(ledger, readStored(folder.path))).toEqual(nothingWrong);
    await community.start();
    await startLoad(sendersOf(people, logs), ledger).finish();
  }
  await community.server().terminate();
  expect(judge(ledger, readStored(folder.path))).toEqual(nothingWrong);
  report('ended after the first refusal', exitMs);
  expect(Math.max(...exitMs)).toBeLessThan(2_000);
});

/** From the nth on, each fails: what a disk does that lost what it was given. */
function syncFailsFrom(n: number): readonly string[] {
  const calls = 'fsync,fdatasync';
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO:when=${n}+`];
}

type Health = { readonly ok: boolean; readonly store: string };
const createHealthOf = (url: string) => async (): Promise<Health> => (await (await fetch(`${url}/health`)).json()) as Health;

async function msUntil(isDone: () => Promise<boolean>, withinMs: number, what: string): Promise<number> {
  const startedMs = performance.now();
  await until(isDone, what, withinMs);
  return performance.now() - startedMs;
}
