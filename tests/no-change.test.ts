/** What a device costs that has everything: a real one, over HTTP and a socket, at a server with its file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Answered } from '../api/http/request-log.ts';
import { createMeters } from '../api/metrics/meters.ts';
import { createSqliteAccounts } from '../api/store/sqlite/accounts.ts';
import { createSqliteStore } from '../api/store/sqlite/store.ts';
import { until } from './e2e/kit/until.ts';
import { startDevice } from './kit/device.ts';
import { startServer } from './kit/server.ts';

const bytesMax = 200;

test('[SY-3][EN-3] a sync without news is less than 200 bytes on the wire each way', { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-no-change-'));
  const syncs: Answered[] = [];
  const meters = { ...createMeters(), answered: (one: Answered) => void (one.route === 'sync' && syncs.push(one)) };
  // As long as it can be said to be.
  const syncEverySeconds = 24 * 60 * 60;
  const store = await createSqliteStore({ file: join(folder, 'chatter.db') });
  const adapters = { eventLog: store.eventLog, accounts: createSqliteAccounts(store), meters };
  const server = await startServer({ adapters, syncEverySeconds });
  const [ann, bob] = [await server.signIn('+41791230011', 'Ann'), await server.signIn('+41791230012', 'Bob')];
  const device = await startDevice(server, ann);
  onTestFinished(async () => {
    await device.stop();
    await server.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await device.commands.sendMessage(await device.commands.openDirect(bob.userId), { text: 'Here already?' });
  await until(async () => (await device.look(({ outbox }) => outbox.all())).length === 0, 'the message to settle');

  // Every return to the network asks. What is left over from the message goes out with the first of them.
  let last: Answered | undefined;
  const isSmall = async (): Promise<boolean> => {
    const before = syncs.length;
    device.setOnline(false);
    device.setOnline(true);
    last = await until(() => syncs[before], 'a sync');
    return last.bytesIn < bytesMax && last.bytesOut < bytesMax;
  };
  await expect.poll(isSmall, { timeout: 20_000, message: `syncs of less than ${bytesMax} bytes` }).toBe(true);
  expect(Math.min(last!.bytesIn, last!.bytesOut)).toBeGreaterThan(100);
  expect(device.reports).toEqual([]);
});
