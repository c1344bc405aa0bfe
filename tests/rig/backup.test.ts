import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { type ConversationId, type LogId, conversationOf } from '#sync-protocol';
import { until } from '../e2e/kit/until.ts';
import { type RealDevice, startDevice } from '../kit/device.ts';
import { aDataDir } from '../kit/processes.ts';
import { type ScriptClient, aMessage, createScriptClient, insist } from '../kit/script-client.ts';
import { found } from './kit/community.ts';
import { report } from './kit/figures.ts';
import { createLedger, judge, nothingWrong, readStored } from './kit/ledger.ts';
import { createChance, sendersOf, startLoad, wait } from './kit/load.ts';
import { operate } from './kit/operator.ts';
import { counts, isRoot, seed } from './kit/tier.ts';

const backups = counts({ test: 3, torture: 25 });
const crashPoints = counts({ test: 6, torture: 200 });
const unfinished = '.unfinished';

async function aCommunity({ people = 4 } = {}) {
  const folder = aDataDir();
  const dataDir = join(folder.path, 'data');
  const community = await found({ dataDir, people, groups: 1 });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  return { ...community, folder: folder.path, dataDir, into: join(folder.path, 'backups'), log: community.logs[0]! };
}

/** The folder that a backup names in its last line. */
async function backUp(dataDir: string, into: string): Promise<string> {
  const { code, output } = await operateOn(dataDir, ['backup', into]);
  expect(code, output).toBe(0);
  return output.trimEnd().split('\n').at(-1)!;
}

const operateOn = (dataDir: string, args: readonly string[], under: readonly string[] = []) =>
  operate(args, ['env', `DATA_DIR=${dataDir}`, ...under]);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const epochOf = (dataDir: string): string => {
  const db = new DatabaseSync(join(dataDir, 'chatter.db'), { readOnly: true });
  const { value } = db.prepare("SELECT value FROM meta WHERE key = 'storeEpoch'").get() as { value: string };
  db.close();
  return value;
};

test(`[RU-1] ${backups} backups under load are whole, hold what was acknowledged before each, and hold up nobody`, async () => {
  const { people, logs, dataDir, into, server } = await aCommunity();
  const ledger = createLedger();
  // Slower than a socket may talk.
  const load = startLoad(sendersOf(people, logs), ledger, { pauseMs: 40 });
  const made: { readonly folder: string; readonly acknowledged: readonly string[] }[] = [];
  for (let n = 0; n < backups; n++) {
    await until(() => ledger.acknowledged.size > n * 60, 'some load');
    const acknowledged = [...ledger.acknowledged.keys()];
    const before = ledger.acknowledged.size;
    made.push({ folder: await backUp(dataDir, into), acknowledged });
    expect(ledger.acknowledged.size).toBeGreaterThan(before);
  }
  await load.finish();
  expect(load.refusals).toEqual([]);
  expect(await operateOn(dataDir, ['verify'])).toMatchObject({ code: 0 });
  await server().terminate();

  for (const { folder, acknowledged } of made) {
    expect([folder, join(folder, 'chatter.db'), join(folder, 'manifest.json')].map(modeOf)).toEqual(['700', '600', '600']);
    expect(readdirSync(folder).toSorted()).toEqual(['chatter.db', 'manifest.json']);
    const stored = readStored(folder);
    const ids = new Set(stored.map(({ opId }) => opId));
    expect(acknowledged.filter((opId) => !ids.has(opId))).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({ events: stored.length, accounts: 4 });
    expect(await operate(['verify', folder])).toMatchObject({ code: 0 });
  }
  expect(judge(ledger, readStored(dataDir))).toEqual(nothingWrong);
});

test(`[RU-1] killed at ${crashPoints} of its own writes, a backup leaves nothing under a backup's name, and the next one clears up`, async () => {
  const { dataDir, into, server } = await aCommunity();
  const chance = createChance(seed);
  const calls = 'pwrite64,fsync,fdatasync,ftruncate,rename,mkdir';
  let struck = 0;
  for (let point = 0; point < crashPoints; point++) {
    const before = new Set(existsSync(into) ? finished(into) : []);
    const at = 1 + chance(60);
    const inject = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${calls}`,
      '-e',
      `inject=${calls}:signal=SIGKILL:when=${at}`,
    ];
    const { code, signal } = await operateOn(dataDir, ['backup', into], inject);
    const isKilled = signal === 'SIGKILL' || code === 137;
    if (isKilled) struck++;
    const named = (existsSync(into) ? finished(into) : []).filter((name) => !before.has(name));
    for (const name of named) expect(await operate(['verify', join(into, name)])).toMatchObject({ code: 0 });
    if (!isKilled) expect({ at, code }).toEqual({ at, code: 0 });
  }
  expect(struck).toBeGreaterThan(crashPoints / 3);
  await backUp(dataDir, into);
  expect(readdirSync(into).filter((name) => name.endsWith(unfinished))).toEqual([]);
  expect((await fetch(`${server().url}/health`)).status).toBe(200);
});

const finished = (into: string): readonly string[] =>
  readdirSync(into).filter((name) => name.startsWith('chatter-') && !name.endsWith(unfinished));

test('[RU-1] the database of a server that was killed is backed up with all it acknowledged', async () => {
  const { people, logs, dataDir, into, server } = await aCommunity();
  const ledger = createLedger();
  const load = startLoad(sendersOf(people, logs), ledger);
  await until(() => ledger.acknowledged.size > 50, 'some load');
  await server().kill();
  await load.abandon();
  const folder = await backUp(dataDir, into);
  expect(judge(ledger, readStored(folder)).missing).toEqual([]);
});

test('[RU-2] a restore refuses while a server runs, refuses what is not whole, and leaves everything as it was', async () => {
  const { dataDir, folder, into, server } = await aCommunity();
  const backup = await backUp(dataDir, into);
  const running = await operate(['restore', backup, dataDir]);
  expect(running).toMatchObject({ code: 1, output: expect.stringContaining('in use by another process') as unknown });
  await server().terminate();

  const before = readFileSync(join(dataDir, 'chatter.db'));
  const file = join(backup, 'chatter.db');
  const whole = readFileSync(file);
  for (const [damaged, why] of [
    [whole.subarray(0, -4096), 'its checksum is another'],
    [Buffer.from(whole).fill(0xff, 9_000, 9_001), 'its checksum is another'],
  ] as const) {
    writeFileSync(file, damaged);
    expect(await operate(['restore', backup, dataDir])).toMatchObject({
      code: 1,
      output: expect.stringContaining(why) as unknown,
    });
  }
  expect(await operate(['restore', dataDir, dataDir])).toMatchObject({
    code: 1,
    output: expect.stringContaining('is no backup') as unknown,
  });
  expect(await operate(['restore'])).toMatchObject({ code: 2 });
  expect(readFileSync(join(dataDir, 'chatter.db')).equals(before)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['backups', 'data']);
  await wrongInside(backup);
  expect(await operate(['restore', backup, dataDir])).toMatchObject({
    code: 1,
    output: expect.stringContaining('not whole') as unknown,
  });
  expect(readdirSync(folder).toSorted()).toEqual(['backups', 'data']);
});

/** A backup with the right checksum of the wrong content: its log has a hole. */
const wrongInside = (backup: string): Promise<void> => forge(backup, "DELETE FROM events WHERE seq = 1 AND log LIKE 'c:%'");

async function forge(backup: string, sql: string): Promise<void> {
  const file = join(backup, 'chatter.db');
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
  const { sha256Of } = await import('../../api/ops/files.ts');
  const path = join(backup, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, sha256: await sha256Of(file) }));
}

test('[RU-2] a backup of a later version is refused, and nothing is changed', async () => {
  const { dataDir, folder, into, server } = await aCommunity({ people: 1 });
  const backup = await backUp(dataDir, into);
  await server().terminate();
  await forge(backup, 'PRAGMA user_version = 1000');
  expect(await operate(['restore', backup, dataDir])).toMatchObject({
    code: 1,
    output: expect.stringContaining('later version') as unknown,
  });
  expect(readdirSync(folder).toSorted()).toEqual(['backups', 'data']);
});

test.skipIf(!isRoot)('[RU-2] what root restores belongs to whom it belonged to before (may skip: needs root)', async () => {
  const { dataDir, into, server } = await aCommunity({ people: 1 });
  const backup = await backUp(dataDir, into);
  await server().terminate();
  chownSync(dataDir, 65_534, 65_534);
  expect(await operate(['restore', backup, dataDir])).toMatchObject({ code: 0 });
  expect([dataDir, ...readdirSync(dataDir).map((name) => join(dataDir, name))].map((path) => statSync(path).uid)).toEqual([
    65_534, 65_534, 65_534,
  ]);
  expect(modeOf(dataDir)).toBe('700');
});

test('[RU-2][SM-3][SY-9] restored to an older backup, devices end with what there is, and offer again what they sent since', async () => {
  const { people, log, dataDir, folder, into, server, start } = await aCommunity({ people: 3 });
  const [annScript, bobScript, cem] = people as [ScriptClient, ScriptClient, ScriptClient];
  const conversation = conversationOf(log)!;
  const [ann, bob] = [await aDevice(server(), annScript), await aDevice(server(), bobScript)];
  const kept = ['kept 1', 'kept 2', 'kept 3'];
  for (const text of kept) await sayOn(cem, log, text);
  await shows([ann, bob], conversation, kept);

  const load = startLoad(sendersOf([cem], [await anotherLog(cem)]), createLedger());
  const backup = await backUp(dataDir, into);
  await load.finish();
  const epoch = epochOf(dataDir);
  await ann.commands.sendMessage(conversation, { text: 'lost, of Ann' });
  await shows([bob], conversation, [...kept, 'lost, of Ann']);
  await bob.commands.sendMessage(conversation, { text: 'lost, of Bob' });
  await shows([ann], conversation, [...kept, 'lost, of Ann', 'lost, of Bob']);
  await sayOn(cem, log, 'lost, of Cem');
  await shows([ann, bob], conversation, [...kept, 'lost, of Ann', 'lost, of Bob', 'lost, of Cem']);
  await until(async () => (await outboxesOf([ann, bob])) === 0, 'the outboxes to be empty');
  await server().terminate();
  // Said while the server is gone: nothing of it has left.
  await ann.commands.sendMessage(conversation, { text: 'unsent, of Ann' });

  expect(await operate(['restore', backup, dataDir])).toMatchObject({ code: 0 });
  const beside = readdirSync(folder).filter((name) => name.startsWith('data.before-'));
  expect(beside).toHaveLength(1);
  expect(epochOf(join(folder, beside[0]!))).toBe(epoch);
  expect(epochOf(dataDir)).not.toBe(epoch);
  await start();
  // Other things get the numbers that these messages had.
  const grown = ['grown 1', 'grown 2', 'grown 3', 'grown 4'];
  for (const text of grown) await sayOn(cem, log, text);
  for (const device of [ann, bob]) device.commands.tryNow();

  await until(
    async () => (await parkedOf(ann)).length === 1 && (await parkedOf(bob)).length === 1,
    'the devices to offer what was lost',
    40_000,
  );
  for (const device of [ann, bob]) for (const opId of await parkedOf(device)) await device.commands.sendAgain(opId);
  await until(async () => (await outboxesOf([ann, bob])) === 0, 'everything to be sent', 40_000);
  const onServer = await textsOf(cem, log);
  expect(onServer.toSorted()).toEqual([...kept, ...grown, 'unsent, of Ann', 'lost, of Ann', 'lost, of Bob'].toSorted());
  await shows([ann, bob], conversation, onServer);
  expect([...ann.reports, ...bob.reports]).toEqual([]);
  await server().terminate();
  expect(await operate(['verify', dataDir])).toMatchObject({ code: 0 });
});

test('[RU-3] what is wrong is named with exit code 1, and rebuilt where the log knows better', async () => {
  const { people, log, dataDir, server } = await aCommunity({ people: 2 });
  for (let n = 0; n < 5; n++) await sayOn(people[0]!, log, `secret ${n}`);
  expect(await operate(['verify', '--repair', dataDir])).toMatchObject({
    code: 1,
    output: expect.stringContaining('in use') as unknown,
  });
  await server().terminate();
  const change = (sql: string): void => {
    const db = new DatabaseSync(join(dataDir, 'chatter.db'));
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
    db.close();
  };
  change(`UPDATE messages SET message = json_set(message, '$.body.text', 'forged')`);
  const named = await operate(['verify', dataDir]);
  expect(named).toMatchObject({
    code: 1,
    output: expect.stringMatching(/messages: different, 5 rows[\s\S]*--repair/) as unknown,
  });
  expect(await operate(['verify', '--repair', dataDir])).toMatchObject({ code: 0 });
  expect(await operate(['verify', dataDir])).toMatchObject({ code: 0 });
  change(`UPDATE events SET content = replace(content, 'secret 3', 'secret 4')`);
  const beyond = await operate(['verify', '--repair', dataDir]);
  expect(beyond).toMatchObject({
    code: 1,
    output: expect.stringMatching(/is not what was sent[\s\S]*restore a backup/) as unknown,
  });
  expect(`${named.output}${beyond.output}`).not.toMatch(/secret|forged/);
  expect(await operate(['verify', join(dataDir, 'nowhere')])).toMatchObject({ code: 1 });
  expect(await operate(['verify', '--nonsense'])).toMatchObject({ code: 2 });
});

test('[RU-1] a backup replaces nothing, and says what it did not copy', async () => {
  const { dataDir, into } = await aCommunity({ people: 1 });
  mkdirSync(join(dataDir, 'pictures'));
  const { backUp: backUpAt } = await import('../../api/ops/backup.ts');
  const at = { dataDir, into, now: new Date(), version: 'test' };
  expect(await backUpAt(at)).toMatchObject({ notCopied: ['pictures'] });
  await expect(backUpAt(at)).rejects.toThrow('is there already');
  expect(await operateOn(join(dataDir, 'nowhere'), ['backup', into])).toMatchObject({ code: 1 });
  expect(finished(into)).toHaveLength(1);
});

async function aDevice(server: { readonly port: number }, { user, token }: ScriptClient): Promise<RealDevice> {
  const device = await startDevice(server, { userId: user, token });
  onTestFinished(() => device.stop());
  return device;
}

async function shows(devices: readonly RealDevice[], conversation: ConversationId, texts: readonly string[]): Promise<void> {
  for (const device of devices) {
    device.commands.open(conversation);
    await expect.poll(() => screenOf(device, conversation), { timeout: 40_000 }).toEqual(texts);
  }
}

async function screenOf(device: RealDevice, conversation: ConversationId): Promise<readonly string[]> {
  const items = await device.screen(conversation);
  return items.flatMap((item) =>
    'message' in item ? [(item.message.body as { readonly text?: string } | undefined)?.text ?? ''] : [],
  );
}

const outboxesOf = async (devices: readonly RealDevice[]): Promise<number> =>
  (await Promise.all(devices.map((device) => device.look(({ outbox }) => outbox.all())))).flat().length;
const parkedOf = async (device: RealDevice) =>
  (await device.look(({ outbox }) => outbox.all())).filter(({ state }) => state.at === 'parked').map(({ opId }) => opId);

async function sayOn(writer: ScriptClient, log: LogId, text: string): Promise<void> {
  const op = aMessage(log, text);
  await insist(() => writer.send([op]));
}

async function anotherLog(maker: ScriptClient): Promise<LogId> {
  const { createGroup } = await import('../kit/script-client.ts');
  return (await createGroup(maker, [])).log;
}

async function textsOf(reader: ScriptClient, log: LogId): Promise<readonly string[]> {
  const events = await createScriptClient(reader).readLog(log);
  return events.flatMap(({ type, payload }) => (type === 'message' ? [(payload as { body: { text: string } }).body.text] : []));
}

test('what a backup under load costs the writers', async () => {
  const { people, logs, dataDir, into } = await aCommunity();
  const latencies: number[] = [];
  const ledger = createLedger();
  const load = startLoad(sendersOf(people.slice(1), logs), ledger, { pauseMs: 2 });
  await wait(500);
  let isDone = false;
  const backing = backUp(dataDir, into).then(() => (isDone = true));
  while (!isDone) {
    const startedMs = performance.now();
    await insist(() => people[0]!.send([aMessage(logs[0]!, 'how long?')]));
    latencies.push(performance.now() - startedMs);
  }
  await backing;
  await load.finish();
  report('a send while a backup is made', latencies);
  expect(Math.max(...latencies)).toBeLessThan(2_000);
});
