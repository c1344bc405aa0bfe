/** Twice as much as a server can do: it keeps doing what it can, says no to the rest, and is itself again when it is over. */
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type LogId, isRefused } from '#sync-protocol';
import { until } from '../e2e/kit/until.ts';
import { aDataDir, startServerProcess } from '../kit/processes.ts';
import { NotAnswered, type ScriptClient, aMessage } from '../kit/script-client.ts';
import { found } from './kit/community.ts';
import { report } from './kit/figures.ts';
import { wait } from './kit/load.ts';
import { counts, isTorture } from './kit/tier.ts';

const seconds = counts({ test: 3, torture: 20 });
const people = counts({ test: 8, torture: 120 });
/** Each on a connection of its own, with one request under way, and none that waits when it is told to come back later. */
const devices = counts({ test: 64, torture: 2_000 });
/** As many as keep it busy, and none that waits. */
const peakDevices = counts({ test: 32, torture: 96 });
const opsPerRequest = 10;
/** A fifth of it is what a person would take for hanging. */
const answeredWithinMs = counts({ test: 5_000, torture: 1_000 });

type Figures = { done: number; shed: number; failed: number; readonly tookMs: number[]; readonly refusals: Set<string> };
const noFigures = (): Figures => ({ done: 0, shed: 0, failed: 0, tookMs: [], refusals: new Set() });

type Line = { readonly client: ScriptClient; readonly log: LogId; readonly agent: Agent };

const linesOf = (clients: readonly ScriptClient[], logs: readonly LogId[], count: number): readonly Line[] =>
  Array.from({ length: count }, (_, n) => ({
    client: clients[n % clients.length]!,
    log: logs[n % logs.length]!,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  }));

function post({ client: { url, token }, agent }: Line, path: string, body: unknown) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return new Promise<{ readonly status: number; readonly body: unknown }>((resolve, reject) => {
    const fail = (cause: unknown) => reject(new NotAnswered('no answer', { cause }));
    request(url + path, { method: 'POST', agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part)).once('error', fail);
      answer.once('end', () => resolve({ status: answer.statusCode!, body: JSON.parse(Buffer.concat(parts).toString()) }));
    })
      .once('error', fail)
      .end(JSON.stringify(body));
  });
}

/** One batch, and what became of it. Whoever is refused is told when to come back. */
async function batch(line: Line, figures: Figures): Promise<void> {
  const startedMs = performance.now();
  const ops = Array.from({ length: opsPerRequest }, () => aMessage(line.log, 'load'));
  try {
    const { status, body } = await post(line, '/api/ops', { ops });
    figures.tookMs.push(performance.now() - startedMs);
    if (status !== 200) {
      expect([429, 503]).toContain(status);
      expect((body as { retryAfterMs?: number }).retryAfterMs, JSON.stringify(body)).toBeGreaterThan(0);
      figures.shed += opsPerRequest;
      return;
    }
    for (const answer of (body as { answers: readonly Parameters<typeof isRefused>[0][] }).answers) {
      if (!isRefused(answer)) figures.done++;
      else {
        figures.shed++;
        figures.refusals.add(answer.refusal);
      }
    }
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    figures.failed += opsPerRequest;
  }
}

/** So many requests a second as people come, who do not wait for each other, as long as one of them has none under way. */
async function pour(lines: readonly Line[], perSecond: number): Promise<Figures> {
  const figures = noFigures();
  const idle = [...lines];
  const underWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  for (let sent = 0; performance.now() - startedMs < seconds * 1_000;) {
    const due = ((performance.now() - startedMs) / 1_000) * perSecond;
    for (; sent < due && idle.length > 0; sent++) {
      const line = idle.shift()!;
      const sending = batch(line, figures).finally(() => {
        underWay.delete(sending);
        idle.push(line);
      });
      underWay.add(sending);
    }
    await wait(5);
  }
  await Promise.all(underWay);
  return figures;
}

/** As fast as it is answered, by so many at once. */
async function peak(lines: readonly Line[]): Promise<number> {
  const figures = noFigures();
  const startedMs = performance.now();
  const work = async (line: Line): Promise<void> => {
    while (performance.now() - startedMs < seconds * 1_000) await batch(line, figures);
  };
  await Promise.all(lines.map(work));
  return figures.done / ((performance.now() - startedMs) / 1_000);
}

test('[RF-1] at twice its peak a server does nearly as much, refuses with a time to come back, and recovers', async () => {
  const folder = aDataDir();
  // As behind a proxy: the crowd is many people, and all come from here.
  const starting = { env: { TRUST_PROXY: '127.0.0.1' } };
  const community = await found({ dataDir: folder.path, people, groups: 4, starting });
  onTestFinished(async () => {
    await community.stop();
    folder.remove();
  });
  const lines = linesOf(community.people, community.logs, devices);
  onTestFinished(() => lines.forEach(({ agent }) => agent.destroy()));
  const { url } = community.server();
  const health = async (): Promise<number> => {
    const startedMs = performance.now();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    return performance.now() - startedMs;
  };
  const login = async (): Promise<number> => {
    const startedMs = performance.now();
    const body = JSON.stringify({ phone: `+4179${String(1_000_000 + Math.floor(performance.now() * 10))}` });
    const { status } = await fetch(`${url}/api/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(status).toBe(200);
    return performance.now() - startedMs;
  };

  const before = await health();
  const atPeak = await peak(lines.slice(0, peakDevices));
  const healths: number[] = [];
  const logins: number[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      healths.push(await health());
      logins.push(await login());
      await wait(200);
    }
  })();
  const startedMs = performance.now();
  let pouredMs = 0;
  const pouring = pour(lines, (2 * atPeak) / opsPerRequest).finally(() => {
    isOver = true;
    pouredMs = performance.now() - startedMs;
  });
  const [figures] = await Promise.all([pouring, asking]);
  const perSecond = figures.done / (pouredMs / 1_000);
  const endedMs = performance.now();
  await until(async () => (await health()) < Math.max(100, 10 * before), 'the server to be itself again', 10_000);

  const offered = (figures.done + figures.shed + figures.failed) / (pouredMs / 1_000);
  report('offered', [offered], 'ops a second');
  report('at its peak', [atPeak], 'ops a second');
  report('at twice its peak', [perSecond], 'ops a second');
  report('refused, and not answered', [figures.shed, figures.failed], 'ops');
  report('answers', figures.tookMs);
  report('health beside it', healths);
  report('a code beside it', logins);
  report('recovered after', [performance.now() - endedMs]);
  expect(figures.done).toBeGreaterThan(0);
  expect([...figures.refusals].filter((refusal) => !['too-fast', 'untried', 'unavailable'].includes(refusal))).toEqual([]);
  expect(healths.length * logins.length).toBeGreaterThan(0);
  // Other work on the machine would be what is measured in a short round.
  if (!isTorture) return;
  expect(Math.max(...healths)).toBeLessThan(answeredWithinMs);
  expect(Math.max(...logins)).toBeLessThan(answeredWithinMs);
  expect(perSecond).toBeGreaterThan(0.8 * atPeak);
});

/** More than wait in line by default (511), and no more than a kernel allows by default (4,096). */
const crowd = 1_500;

test('a crowd that comes while the process is busy waits in line, and nobody of it is turned away', async () => {
  const folder = aDataDir();
  const server = await startServerProcess({ dataDir: folder.path, env: { TRUST_PROXY: '127.0.0.1' } });
  onTestFinished(async () => {
    await server.kill();
    folder.remove();
  });
  process.kill(server.pid, 'SIGSTOP');
  let inLine = 0;
  let answered = 0;
  const lost: string[] = [];
  const connections = Array.from({ length: crowd }, () => {
    const connection = connect(server.port, '127.0.0.1');
    connection.once('connect', () => {
      inLine++;
      connection.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
    connection.once('data', (said) => void (said.toString().startsWith('HTTP/1.1 200 ') && answered++));
    connection.once('error', ({ message }) => lost.push(message));
    return connection;
  });
  onTestFinished(() => connections.forEach((connection) => connection.destroy()));
  await until(() => inLine + lost.length === crowd, 'all to be in line', 10_000);
  process.kill(server.pid, 'SIGCONT');
  await until(() => answered + lost.length === crowd, 'all to be answered', 20_000);
  expect({ answered, lost }).toEqual({ answered: crowd, lost: [] });
});
