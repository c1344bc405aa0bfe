import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { PROTOCOL_VERSION, type SyncRequest, type SyncResponse } from '#sync-protocol';
import { until } from '../../tests/e2e/kit/until.ts';
import { type BigAccount, bigAccount } from '../kit/big-account.ts';
import { countedLog } from '../kit/counted-log.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { openCore } from '../kit/in-process.ts';
import { startChatter } from '../kit/process.ts';
import { notePaints, paintedAt, requestsOf, rowsIn, signInOnBrowser } from '../kit/screen.ts';

const size = { conversations: 1_000, messages: 100_000 };
const list = '[role=list] [role=listitem] a';
const timesEach = 20;

/** A person of 1,000 conversations signs in on a browser that has never seen them, and once it has everything nothing changes. */
export async function firstSignIn(): Promise<readonly Figure[]> {
  const taken = await repeat(signInOnce);
  const of = (what: keyof SignedIn): readonly number[] => taken.map((one) => one[what]);
  return [
    figure('from the code to a usable list', 'ms', of('listMs')),
    figure('syncs until then', 'requests', of('syncs')),
    figure('bytes until then', 'bytes', of('bytes')),
    figure('to all 1,000 rows', 'ms', of('wholeMs')),
    figure('syncs for all rows', 'requests', of('wholeSyncs')),
    figure('reload to a usable list', 'ms', of('reloadMs')),
    ...(await noChange()),
  ];
}

type SignedIn = {
  readonly listMs: number;
  readonly syncs: number;
  readonly bytes: number;
  readonly wholeMs: number;
  readonly wholeSyncs: number;
  readonly reloadMs: number;
};

async function signInOnce(): Promise<SignedIn> {
  // Each run has its own copy: a number is sent one code in half a minute.
  const account = await bigAccount(size);
  const server = await startChatter(account.dataDir);
  const { page, profile } = await signInOnBrowser(server, account.me, (fresh) => notePaints(fresh, { list }));
  const listAt = await paintedAt(page, 'list');
  await until(async () => (await rowsIn(page, 'conversations', 'row')) === size.conversations, 'all rows');
  const wholeAt = await page.evaluate(() => performance.now());
  const requests = await requestsOf(page);
  const verified = requests.find(({ path }) => path === '/api/verify')!;
  const syncs = requests.filter(({ path }) => path === '/api/sync');
  const before = syncs.filter(({ endMs }) => endMs <= listAt);
  await page.reload();
  const reloadMs = await paintedAt(page, 'list');
  await profile.dispose();
  await server.stop();
  account.remove();
  return {
    listMs: listAt - verified.startMs,
    syncs: before.length,
    bytes: before.reduce((sum, { bytes }) => sum + bytes, verified.bytes),
    wholeMs: wholeAt - verified.startMs,
    wholeSyncs: syncs.length,
    reloadMs,
  };
}

/** In this process, so that what it reads can be counted. */
async function noChange(): Promise<readonly Figure[]> {
  const account = await bigAccount(size);
  const { counts, watch } = countedLog();
  const { core, close } = await openCore(account.dataDir, { watch });
  const { me } = account;
  const ask = async (known: Partial<SyncRequest>): Promise<SyncResponse> => {
    const answer = await core.sync.sync({ user: me.user, device: me.device }, { version: PROTOCOL_VERSION, ...known });
    if (!('storeEpoch' in answer)) throw new Error('this server finds us too old');
    return answer;
  };
  const first = await ask({});
  if (!first.self || !('snapshot' in first.self)) throw new Error('the first answer has no snapshot');
  const { at: watermark, chain } = first.self;
  const asked = { storeEpoch: first.storeEpoch, self: { watermark, chain }, root: first.root, since: first.now };
  counts.clear();
  const answer = await ask(asked);
  const uncached = await timed(() => ask(asked));
  const events = (counts.get('events') ?? 0) + (counts.get('messages') ?? 0);
  const calls = (counts.get('calls') ?? 0) / (timesEach + 1);
  await close();
  const join = await theJoin(account);
  account.remove();
  return [
    figure('no-change request', 'bytes', [JSON.stringify({ version: PROTOCOL_VERSION, ...asked }).length]),
    figure('no-change answer', 'bytes', [JSON.stringify(answer).length]),
    figure('rows of events read for it', 'rows', [events]),
    figure('reads of the store for it', 'reads', [calls]),
    figure('no-change, not connected', 'ms', uncached),
    figure('the one join alone', 'ms', join),
    figure(
      'of the one join',
      '×',
      uncached.map((ms) => ms / median(join)),
    ),
  ];
}

/** What a person's list comes to, as one statement: the least that can be read when no root is at hand. */
async function theJoin({ dataDir, me }: BigAccount): Promise<readonly number[]> {
  const db = new DatabaseSync(join(dataDir, 'chatter.db'), { readOnly: true });
  const all = db.prepare(`SELECT logs.*, states.state, m.user, m.revised, m.role, m.spans, m.own_messages
    FROM memberships AS m JOIN logs USING (log) LEFT JOIN states USING (log) WHERE m.user = ? ORDER BY log`);
  const taken = await timed(() => all.all(me.user));
  db.close();
  return taken;
}

async function timed(act: () => unknown): Promise<readonly number[]> {
  return repeat(async () => {
    const startedMs = performance.now();
    await act();
    return performance.now() - startedMs;
  }, timesEach);
}
