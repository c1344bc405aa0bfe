import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Answer, LogId, Op } from '#sync-protocol';
import { type FaultProxy, type ReplyFate, createFaultProxy, createRepeatProxy } from '../kit/fault-proxy.ts';
import { aDataDir } from '../kit/processes.ts';
import { type ScriptClient, aMessage, createScriptClient, insist } from '../kit/script-client.ts';
import { startTwins } from './kit/twins.ts';
import { found } from './kit/community.ts';
import { type Ledger, createLedger, judge, nothingWrong, readStored } from './kit/ledger.ts';
import { createChance } from './kit/load.ts';
import { counts, seed } from './kit/tier.ts';

const sends = counts({ test: 100, torture: 1_000 });
const repeats = 10;

async function aCommunity() {
  const folder = aDataDir();
  const dataDir = join(folder.path, 'data');
  const community = await found({ dataDir, people: 2, groups: 1 });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  return { ...community, dataDir, log: community.logs[0]! };
}

/** Half of the answers are lost, a tenth ends in the middle, and all of it arrives in crumbs. */
async function aBadLine(port: number): Promise<FaultProxy> {
  const chance = createChance(seed);
  const replyFate = (): ReplyFate =>
    (['cut', 'drop', 'drop', 'drop', 'drop', 'drop', 'pass', 'pass', 'pass', 'pass'] as const)[chance(10)]!;
  const proxy = await createFaultProxy(port, { replyFate, sliceBytes: () => 1 + chance(7) });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** One lane: the next op only after this one was answered. */
async function sayInOrder(
  sender: Pick<ScriptClient, 'send' | 'name'>,
  log: LogId,
  { ledger, count }: { ledger: Ledger; count: number },
): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const op = aMessage(log, `${sender.name}:${n}`);
    ledger.asked(op);
    ledger.answered(await insist(() => sender.send([op]), { pauseMs: 1 }));
  }
}

test(`[SQ-5][OP-2] ${sends} sends over a line that loses answers make ${sends} events, in order`, async () => {
  const { people, log, server, dataDir } = await aCommunity();
  const line = await aBadLine(server().port);
  const ledger = createLedger();
  for (const person of people) person.url = line.url;
  const [overHttp, overSocket] = people as [ScriptClient, ScriptClient];
  await Promise.all([
    sayInOrder(overHttp, log, { ledger, count: sends / 2 }),
    sayInOrder(createDialling(overSocket), log, { ledger, count: sends / 2 }),
  ]);
  expect(line.lost()).toBeGreaterThan(sends / 4);
  await server().terminate();
  const stored = readStored(dataDir);
  expect(judge(ledger, stored)).toEqual(nothingWrong);
  expect(stored.filter(({ type }) => type === 'message')).toHaveLength(sends);
});

test('[SQ-5][OP-2] whole requests that a proxy repeats at once, and replays later, change nothing and are answered alike', async () => {
  const { people, log, server, dataDir } = await aCommunity();
  const proxy = await createRepeatProxy(server().port, 3);
  onTestFinished(() => proxy.close());
  const ledger = createLedger();
  const [sender] = people as [ScriptClient];
  sender.url = proxy.url;
  await sayInOrder(sender, log, { ledger, count: 20 });
  const replies = await Promise.all(proxy.recorded.map((request) => proxy.replay(request)));
  for (const { status, body } of replies) {
    expect(status).toBe(200);
    ledger.answered((JSON.parse(body) as { readonly answers: readonly Answer[] }).answers);
  }
  await server().terminate();
  expect(judge(ledger, readStored(dataDir))).toEqual(nothingWrong);
});

test(`[SQ-5] ${sends} ops, each sent ${repeats} times at once over HTTP and sockets through two writers on one store, make one event each`, async () => {
  const twins = await startTwins();
  onTestFinished(twins.stop);
  const ledger = createLedger();
  const { people, log } = twins;
  await Promise.all(people.map((person) => sayManyTimes(person, log, { ledger, count: sends / people.length })));
  const events = await people[0]!.left.readLog(log);
  const stored = events.map((event) => ({ ...event, log, text: (event.payload as { body?: { text?: string } }).body?.text }));
  expect(judge(ledger, stored)).toEqual(nothingWrong);
  expect(stored.filter(({ type }) => type === 'message')).toHaveLength(sends);
});

type Twofold = Awaited<ReturnType<typeof startTwins>>['people'][number];

/** Every answer that comes must name the same seq; the ledger throws otherwise. */
async function sayManyTimes(
  { left, right }: Twofold,
  log: LogId,
  { ledger, count }: { ledger: Ledger; count: number },
): Promise<void> {
  const sockets = await Promise.all([left.connect(), right.connect()]);
  const lines = [left, right, ...sockets];
  for (let n = 1; n <= count; n++) {
    const op: Op = aMessage(log, `${left.name}:${n}`);
    ledger.asked(op);
    const attempts = Array.from({ length: repeats }, (_, i) => insist(() => lines[i % lines.length]!.send([op])));
    for (const answers of await Promise.all(attempts)) ledger.answered(answers);
  }
  for (const socket of sockets) socket.close();
}

/** A socket of its own for every attempt that finds none. */
function createDialling(client: ScriptClient): Pick<ScriptClient, 'send' | 'name'> {
  let open: Awaited<ReturnType<ScriptClient['connect']>> | undefined;
  return {
    name: client.name,
    send: async (ops) => {
      if (open?.socket.connected !== true) open = await client.connect();
      return open.send(ops, 1_000);
    },
  };
}

test('a script that speaks for somebody is that somebody', async () => {
  const { people } = await aCommunity();
  const again = createScriptClient(people[0]!);
  expect((await again.sync()).self).toBeDefined();
});
