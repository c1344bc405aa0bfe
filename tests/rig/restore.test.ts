import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LogId, type LogPart, type SyncResponse, selfLog } from '#sync-protocol';
import { aDataDir } from '../kit/processes.ts';
import { type ScriptClient, aMessage, insist } from '../kit/script-client.ts';
import { type Community, found } from './kit/community.ts';

type Restored = {
  readonly community: Community;
  /** Has read the log past where the backup ends. */
  readonly device: ScriptClient;
  readonly writer: ScriptClient;
  readonly log: LogId;
};

/** A server whose database was put back to an older copy, after `device` had read what came later. */
async function aRestore({ renewEpoch }: { readonly renewEpoch: boolean }): Promise<Restored> {
  const folder = aDataDir();
  const dataDir = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  const community = await found({ dataDir, people: 2, groups: 1 });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  const [device, writer] = community.people as [ScriptClient, ScriptClient];
  const log = community.logs[0]!;
  await say(writer, log, 5);
  await community.server().terminate();
  mkdirSync(backup);
  copyFileSync(join(dataDir, 'chatter.db'), join(backup, 'chatter.db'));

  await community.start();
  await say(writer, log, 5);
  await device.readLog(log);
  await community.server().terminate();
  rmSync(dataDir, { recursive: true });
  mkdirSync(dataDir);
  copyFileSync(join(backup, 'chatter.db'), join(dataDir, 'chatter.db'));
  if (renewEpoch) renewStoreEpoch(join(dataDir, 'chatter.db'));
  await community.start();
  return { community, device, writer, log };
}

/** What an orderly restore does. */
function renewStoreEpoch(file: string): void {
  const db = new DatabaseSync(file);
  db.prepare("UPDATE meta SET value = 'restored' WHERE key = 'storeEpoch'").run();
  db.close();
}

async function say(writer: ScriptClient, log: LogId, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await insist(() => writer.send([aMessage(log, `${writer.name}:${n}`)]));
}

async function partOf(
  device: ScriptClient,
  log: LogId,
): Promise<{ readonly part: LogPart | undefined; readonly answer: SyncResponse }> {
  const answer = await device.sync({ logs: [{ log, ...device.watermarkOf(log) }] });
  return { part: answer.logs.find((candidate) => candidate.log === log), answer };
}

test('[SY-11] a device that is ahead of a restored store is reset, and gets what is there now', async () => {
  const { device, log } = await aRestore({ renewEpoch: false });
  const { part } = await partOf(device, log);
  expect(part).toMatchObject({ kind: 'reset', why: 'fork', head: 6 });
});

test('[SY-11][CH-1] a restored store that grew other events past a device is recognised by its chain', async () => {
  const { device, writer, log } = await aRestore({ renewEpoch: false });
  await say(writer, log, 9);
  const { part } = await partOf(device, log);
  expect(part).toMatchObject({ kind: 'reset', why: 'fork', head: 15 });
  expect(device.watermarkOf(log).watermark).toBe(11);
});

test('[SY-9] under a changed epoch logs are reset and ops are not tried', async () => {
  const { device, log } = await aRestore({ renewEpoch: true });
  const op = aMessage(log, `${device.name}:1`);
  const answer = await device.sync({ ops: [op], logs: [{ log, ...device.watermarkOf(log) }] });
  expect(answer.storeEpoch).toBe('restored');
  expect(answer.answers).toMatchObject([{ opId: op.opId, refusal: 'untried' }]);
  expect(answer.logs).toMatchObject([{ kind: 'reset', why: 'store-epoch', log, head: 6 }]);
  // Now that the device knows the epoch, the same bytes are taken.
  expect(await device.send([op])).toMatchObject([{ opId: op.opId, log, seq: 7 }]);
});

test('[SY-9][SY-11] a self log that went another way comes back as a snapshot', async () => {
  const { device, writer, log } = await aRestore({ renewEpoch: false });
  await say(writer, log, 1);
  const ahead = { watermark: 1_000, chain: 'ffffffffffffffff' as never };
  const answer = await device.sync({ self: ahead });
  expect(answer.self).toMatchObject({ snapshot: expect.any(Array) as unknown });
  expect(
    await device.sync({ logs: [{ log: selfLog(device.user), watermark: 0, chain: '0000000000000000' as never }] }),
  ).toBeDefined();
});
