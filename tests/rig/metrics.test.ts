import { join } from 'node:path';
import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../e2e/kit/server.ts';
import { aDataDir, startServerProcess } from '../kit/processes.ts';
import { parseMetrics, valueOf } from '../kit/scrape.ts';
import { createGroup, signUp } from '../kit/script-client.ts';
import { createLedger } from './kit/ledger.ts';
import { sendersOf, startLoad, wait } from './kit/load.ts';

test('[RU-6] on a port of their own the figures of a server under load are read by this machine alone, and name nobody', async () => {
  const { path: dataDir, remove } = aDataDir();
  const metricsPort = await freePort();
  const server = await startServerProcess({ dataDir, env: { METRICS_PORT: String(metricsPort), HOST: '0.0.0.0' } });
  onTestFinished(async () => {
    expect(await server.terminate()).toMatchObject({ code: 0 });
    remove();
  });
  const scrape = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const people = [
    await signUp(server, 'Ann'),
    await signUp(server, 'Bob'),
    await signUp(server, 'Cem'),
    await signUp(server, 'Dee'),
  ];
  const { log } = await createGroup(people[0]!, people);
  const before = parseMetrics(await scrape());
  const ledger = createLedger();
  const load = startLoad(sendersOf(people, [log]), ledger);
  await wait(1_000);
  const during = parseMetrics(await scrape());
  await load.finish();
  const said = await scrape();
  const after = parseMetrics(said);

  expect(valueOf(after, 'chatter_events_appended_total') - valueOf(before, 'chatter_events_appended_total')).toBe(
    ledger.ops.size,
  );
  expect(valueOf(during, 'chatter_sockets_open')).toBe(2);
  // Writes share commits, so there are fewer commits than writes.
  expect(valueOf(after, 'chatter_commit_writes_sum')).toBeGreaterThan(0);
  expect(valueOf(after, 'chatter_commit_writes_count')).toBeLessThanOrEqual(valueOf(after, 'chatter_commit_writes_sum'));
  expect(valueOf(after, 'chatter_store_waiting')).toBe(0);
  expect(valueOf(after, 'chatter_store_file_bytes', { kind: 'database' })).toBe(statSync(join(dataDir, 'chatter.db')).size);
  expect(valueOf(after, 'chatter_store_file_bytes', { kind: 'write-ahead-log' })).toBeGreaterThan(0);
  for (const { user, device, token, name } of people) {
    for (const canary of [user, device, token, `${name}:`]) expect(said).not.toContain(canary);
  }
  expect(said).not.toContain(log);

  expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  for (const address of outside())
    await expect(fetch(`http://${address}:${metricsPort}/metrics`)).rejects.toThrow('fetch failed');
});

/** This machine's addresses in networks that it is in. */
const outside = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((found) =>
    (found ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
