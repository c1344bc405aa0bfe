import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LogId, limits } from '#sync-protocol';
import { aMessage, createGroup, insist } from '../kit/script-client.ts';
import { report } from '../rig/kit/figures.ts';
import { counts } from '../rig/kit/tier.ts';
import { countMessages, readDisk } from './kit/disk.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const conversations = counts({ test: 100, torture: 200 });
const messages = counts({ test: 2_000, torture: 10_000 });
/** The figures are those of a machine with nothing else to do. */
const patience = counts({ test: 3, torture: 1 });
const listWithinMs = 2_000 * patience;
const allWithinMs = 30_000;
const requestsMax = 25;
const longestTaskMsMax = 200 * patience;

let rig: Rig;
const logs: LogId[] = [];

beforeAll(async () => {
  rig = await startRig('Week 0');
  logs.push(rig.log);
  while (logs.length < conversations) {
    const { log } = await createGroup(rig.friend, [rig.friend, rig.person], `Week ${logs.length}`);
    logs.push(log);
  }
  await sayEverywhere(conversations, 'before');
  await until(
    async () => (await readDisk(rig.person.page, rig.person.user)).messages.length === conversations,
    'the first of each',
  );
});
afterAll(() => rig?.dispose());

test(
  `[EN-4][SM-1] after a week away, ${messages} missed messages of ${conversations} conversations: the list can be used within ${listWithinMs / 1_000} s, all are there within 30 s with at most ${requestsMax} requests and no gap, and nothing is held up for longer than ${longestTaskMsMax} ms`,
  { timeout: 3_600_000 },
  async () => {
    await rig.person.profile.close();
    await sayEverywhere(messages, 'missed');
    rig.person = { ...rig.person, ...(await rig.person.profile.open()) };
    const { page, context, user } = rig.person;
    let requests = 0;
    context.on('request', (request) => (requests += new URL(request.url()).pathname === '/api/sync' ? 1 : 0));
    await page.addInitScript(watchTasks);

    const sinceMs = performance.now();
    await page.goto(`${rig.server.url}/chats`, { waitUntil: 'commit' });
    const rows = page.getByRole('list', { name: 'Chats' }).getByRole('link');
    await rows.first().waitFor();
    const listMs = performance.now() - sinceMs;
    await until(async () => /missed/.test(await rows.first().innerText()), 'the first row to show what was missed');
    const newestMs = performance.now() - sinceMs;
    await until(async () => (await countMessages(page, user)) === messages + conversations, 'every message to be held', 120_000);
    const allMs = performance.now() - sinceMs;
    const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: readonly number[] }).longTasks);
    report('the list is there', [listMs]);
    report('it shows what was missed', [newestMs]);
    report('everything is there', [allMs]);
    report('requests', [requests], '');
    report('tasks of more than 50 ms', tasks.length > 0 ? tasks : [0]);

    expect(await gaps()).toEqual([]);
    expect(listMs).toBeLessThan(listWithinMs);
    expect(allMs).toBeLessThan(allWithinMs);
    expect(requests).toBeLessThanOrEqual(requestsMax);
    expect(Math.max(0, ...tasks)).toBeLessThanOrEqual(longestTaskMsMax);
  },
);

/** One after the other through all conversations, as many as fit in a request. */
async function sayEverywhere(count: number, what: string): Promise<void> {
  for (let from = 0; from < count; from += limits.opsPerSyncMax) {
    const size = Math.min(limits.opsPerSyncMax, count - from);
    const ops = Array.from({ length: size }, (_, i) => aMessage(logs[(from + i) % logs.length]!, `${what} ${from + i + 1}`));
    await insist(() => rig.friend.send(ops));
  }
}

function watchTasks(): void {
  const longTasks: number[] = [];
  Object.assign(globalThis, { longTasks });
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  });
}

/** In each conversation what is held is what was said, in order, from the first to the last. */
async function gaps(): Promise<readonly string[]> {
  const { messages: held } = await readDisk(rig.person.page, rig.person.user);
  const byConversation = Map.groupBy(held, ({ conversationId }) => conversationId);
  return logs.flatMap((log) => {
    const texts = (byConversation.get(log.slice(2)) ?? []).toSorted((a, b) => a.order - b.order).map(({ body }) => body?.text);
    const wanted = wantedIn(logs.indexOf(log));
    return texts.join() === wanted.join() ? [] : [`${log}: ${texts.length} of ${wanted.length}`];
  });
}

function wantedIn(place: number): readonly string[] {
  const missed = Array.from({ length: messages }, (_, i) => i).filter((i) => i % logs.length === place);
  return [`before ${place + 1}`, ...missed.map((i) => `missed ${i + 1}`)];
}
