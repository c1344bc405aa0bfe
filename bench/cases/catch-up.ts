import { join } from 'node:path';
import { bigAccount } from '../kit/big-account.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { cpuMsOf } from '../kit/linux.ts';
import { startBare, startChatter } from '../kit/process.ts';
import { type CaughtUp, ask, catchUp } from '../kit/thin-client.ts';

const size = { conversations: 100, messages: 10_000 };
const warmUps = 3;
const runs = 7;

/** A device that was away comes back to 10,000 messages in 100 conversations, and stores none of them. */
export async function catchUpBench(): Promise<readonly Figure[]> {
  const account = await bigAccount(size);
  const logs = account.chats.map(({ log }) => log);
  const server = await startChatter(account.dataDir);
  const known = await everythingElse(server.url, account.me.token);
  const once = () => catchUp(server.url, account.me.token, logs, known);
  const taken = await timed(server.pid, once);
  await server.stop();

  const { requests } = taken[0]!;
  const bare = await startBare('bare-pages.ts', [join(account.dataDir, 'chatter.db'), JSON.stringify(logs), String(requests)]);
  const limit = await timed(bare.pid, () => pages(bare.url, requests));
  await bare.stop();
  account.remove();
  const bareMs = median(limit.map(({ ms }) => ms));
  return [
    figure(
      '10,000 messages, thin client',
      'ms',
      taken.map(({ ms }) => ms),
    ),
    figure(
      'requests',
      'requests',
      taken.map((one) => one.requests),
    ),
    figure(
      'a message, uncompressed',
      'bytes',
      taken.map(({ bytes, messages }) => bytes / messages),
    ),
    figure(
      'server CPU',
      'ms',
      taken.map(({ cpuMs }) => cpuMs),
    ),
    figure(
      'bare rows over node:http',
      'ms',
      limit.map(({ ms }) => ms),
    ),
    figure(
      'its server CPU',
      'ms',
      limit.map(({ cpuMs }) => cpuMs),
    ),
    figure(
      'of bare rows',
      '×',
      taken.map(({ ms }) => ms / bareMs),
    ),
  ];
}

/** The self log and the list are known, so that only messages are asked for. */
export async function everythingElse(url: string, token: string) {
  const first = await ask(url, token, {});
  const { self, storeEpoch, now } = first.response;
  if (!self || !('snapshot' in self)) throw new Error('the first answer has no snapshot');
  const { response } = await ask(url, token, { storeEpoch, self: { watermark: self.at, chain: self.chain }, since: now });
  return { storeEpoch, self: { watermark: self.at, chain: self.chain }, since: response.now, root: response.root };
}

async function timed(pid: number, once: () => Promise<CaughtUp>): Promise<readonly (CaughtUp & { readonly cpuMs: number })[]> {
  await repeat(once, warmUps);
  return repeat(async () => {
    const before = cpuMsOf(pid);
    const taken = await once();
    if (taken.messages < size.messages) throw new Error(`${taken.messages} of ${size.messages} messages arrived`);
    return { ...taken, cpuMs: cpuMsOf(pid) - before };
  }, runs);
}

async function pages(url: string, requests: number): Promise<CaughtUp> {
  const startedMs = performance.now();
  let [bytes, messages] = [0, 0];
  for (let page = 0; page < requests; page++) {
    const answer = await fetch(`${url}/api/sync`, { method: 'POST', body: JSON.stringify({ page }) });
    const text = await answer.text();
    bytes += Buffer.byteLength(text);
    messages += (JSON.parse(text) as { type: string }[]).filter(({ type }) => type === 'message').length;
  }
  return { ms: performance.now() - startedMs, requests, bytes, messages };
}
