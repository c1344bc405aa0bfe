/** Devices that stop reading while others talk: they are told heads, or cut off, and nobody else notices. */
import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { type Down, limits } from '#sync-protocol';
import { until } from '../e2e/kit/until.ts';
import { aDataDir } from '../kit/processes.ts';
import { type RawSocket, openRawDevice } from '../kit/raw-socket.ts';
import { type ScriptClient, type ScriptSocket, aMessage, insist } from '../kit/script-client.ts';
import { found } from './kit/community.ts';
import { report } from './kit/figures.ts';
import { rssOf } from './kit/memory.ts';
import { counts, isTorture } from './kit/tier.ts';

const slowSockets = counts({ test: 20, torture: 100 });
/** For each of them: more than the network keeps for somebody who does not read (some MiB), and 1 MiB. */
const talkBytes = counts({ test: 24, torture: 64 }) * 1024 * 1024;
const textBytes = limits.textBytesMax - 64;
const measured = counts({ test: 40, torture: 400 });

async function aCommunity(people: number) {
  const folder = aDataDir();
  const community = await found({ dataDir: folder.path, people, groups: 1 });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  return { ...community, log: community.logs[0]! };
}

type World = Awaited<ReturnType<typeof aCommunity>>;

async function openRaw({ server }: World, { token }: ScriptClient): Promise<RawSocket> {
  const raw = await openRawDevice({ port: server().port, token });
  onTestFinished(() => raw.destroy());
  return raw;
}

const downsOf = ({ heard }: RawSocket): readonly Down[] =>
  heard.filter((text) => text.startsWith('42["down"')).map((text) => (JSON.parse(text.slice(2)) as [string, Down])[1]);

/** From the moment somebody says something to the moment another hears it. */
async function latencies({ log }: World, speaker: ScriptClient, listener: ScriptSocket): Promise<readonly number[]> {
  const heardAt = new Map<string, number>();
  listener.onDown((down) => {
    if (down.type !== 'run') return;
    for (const item of down.run.items) if ('opId' in item) heardAt.set(item.opId, performance.now());
  });
  const took: number[] = [];
  for (let n = 0; n < measured; n++) {
    const op = aMessage(log, `measured ${n}`);
    const startedMs = performance.now();
    await insist(() => speaker.send([op]));
    await until(() => heardAt.has(op.opId), 'it to be heard');
    took.push(heardAt.get(op.opId)! - startedMs);
  }
  return took;
}

const p99 = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[Math.floor(figures.length * 0.99)] ?? NaN;

test(`[LV-4] ${slowSockets} sockets that stop reading are told heads, the server does not grow, and others hear as before`, async () => {
  const world = await aCommunity(4);
  const [speaker, hears, stops, measures] = world.people as [ScriptClient, ScriptClient, ScriptClient, ScriptClient];
  const listener = await hears.connect();
  onTestFinished(() => listener.close());
  const before = await latencies(world, measures, listener);
  const slow: RawSocket[] = [];
  for (let n = 0; n < slowSockets; n++) slow.push(await openRaw(world, stops));
  for (const raw of slow) raw.pause();

  const rssBefore = rssOf(world.server());
  const text = 'x'.repeat(textBytes);
  let said = 0;
  const measuring = latencies(world, measures, listener);
  for (; said * textBytes < talkBytes; said += 8) {
    const ops = Array.from({ length: 8 }, () => aMessage(world.log, text));
    await insist(() => speaker.send(ops));
  }
  const during = await measuring;
  const grewBytes = rssOf(world.server()) - rssBefore;

  report('others hear, before', before);
  report('others hear, beside slow sockets', during);
  report('the server grew by', [grewBytes / 1024 / 1024], 'MiB');
  expect(grewBytes).toBeLessThan(slowSockets * 1024 * 1024 + 100 * 1024 * 1024);
  if (isTorture) expect(p99(during)).toBeLessThan(Math.max(50, 1.5 * p99(before)));

  for (const raw of slow) raw.resume();
  for (const raw of slow) {
    // Who reads again is told where the conversation stands, and has not been sent what went by meanwhile.
    const head = await until(
      () => downsOf(raw).find((down): down is Extract<Down, { type: 'head' }> => down.type === 'head'),
      'a head',
    );
    expect(head.head).toBeGreaterThan(0);
    const runs = downsOf(raw).filter(({ type }) => type === 'run');
    expect(runs.length).toBeLessThan(said);
    expect(raw.heardBytes()).toBeLessThan(talkBytes);
  }
});

test('[LV-4] a socket that asks on and on and does not listen is cut off', async () => {
  const world = await aCommunity(1);
  const raw = await openRaw(world, world.people[0]!);
  raw.pause();
  const rssBefore = rssOf(world.server());
  const ops = Array(limits.opsPerSyncMax).fill({ opId: 'x'.repeat(64) });
  let frames = 0;
  const isCutOff = async (): Promise<boolean> => {
    for (let n = 0; n < 50; n++) raw.send(`42${frames++}["up",${JSON.stringify({ type: 'ops', storeEpoch: '', ops })}]`);
    await new Promise((resolve) => setImmediate(resolve));
    return !raw.isOpen();
  };
  await until(isCutOff, 'it to be cut off');
  const grewMiB = (rssOf(world.server()) - rssBefore) / 1024 / 1024;
  report('frames before it was cut off', [frames], 'frames');
  report('the server grew by', [grewMiB], 'MiB');
  expect(grewMiB).toBeLessThan(150);
  expect((await fetch(`${world.server().url}/health`)).status).toBe(200);
});
