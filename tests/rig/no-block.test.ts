/** The worst that one request may ask for, and how long a server thinks about it while everybody else waits. */
import { expect, onTestFinished, test } from 'vitest';
import { type Op, type UserId, conversationLog, limits, selfLog } from '#sync-protocol';
import { until } from '../e2e/kit/until.ts';
import { aDataDir, type ServerProcess, startServerProcess } from '../kit/processes.ts';
import { type ScriptClient, aMessage, createGroup, mintId, signUp } from '../kit/script-client.ts';
import { counts, isTorture } from './kit/tier.ts';
import { wait } from './kit/load.ts';

const crowd = counts({ test: 40, torture: limits.groupMembersMax - 1 });
const rounds = counts({ test: 1, torture: 10 });
/** Figures are for people; a bound is held where the machine does nothing else. */
const heldMsMax = 250;
/** What a machine does besides does not count here: an expression that takes the square of its input would. */
const cpuMsMax = counts({ test: 2_000, torture: 10_000 });

type Held = { readonly heldMs: number; readonly cpuMs: number };
type World = { readonly server: ServerProcess; readonly ann: ScriptClient; readonly members: readonly UserId[] };

async function aWorld(): Promise<World> {
  const folder = aDataDir();
  const env = { NODE_OPTIONS: '--import=./tests/rig/kit/loop-delay.ts', TRUST_PROXY: '127.0.0.1' };
  const server = await startServerProcess({ dataDir: folder.path, env });
  onTestFinished(async () => {
    await server.kill();
    folder.remove();
  });
  const ann = await signUp(server, 'Ann');
  const members: UserId[] = [];
  for (let n = 0; n < crowd; n++) members.push((await signUp(server, `person${n}`)).user);
  return { server, ann, members };
}

/** Since the last time it was asked. */
async function heldIn(server: ServerProcess): Promise<Held> {
  const said = () => [...server.output().matchAll(/loop held ([\d.]+) ms, cpu ([\d.]+) ms/g)];
  const before = said().length;
  process.kill(server.pid, 'SIGUSR2');
  const [, held, cpu] = await until(() => said()[before], 'the loop’s figures');
  return { heldMs: Number(held), cpuMs: Number(cpu) };
}

const fill = (bytes: number, one: string) => one.repeat(Math.floor(bytes / Buffer.byteLength(one)));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const op = (type: string, log: string, payload: unknown) =>
  ({ opId: mintId(), log, type, writtenAt: 1, payload }) as unknown as Op;

type Worst = { readonly what: string; readonly ask: (world: World) => Promise<number> };

const post = ({ ann }: World, path: string, body: unknown) => ann.ask('POST', path, body).then(({ status }) => status);
const raw = async ({ server, ann }: World, body: string): Promise<number> => {
  const headers = { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' };
  return (await fetch(`${server.url}/api/sync`, { method: 'POST', headers, body })).status;
};
const header = async ({ server }: World, headers: Readonly<Record<string, string>>) =>
  (await fetch(`${server.url}/api/me`, { headers })).status;
const newGroup = async ({ ann, members }: World) =>
  createGroup(
    ann,
    members.map((user) => ({ user })),
  );
const texts = async (world: World, text: string) => {
  const { log } = await createGroup(world.ann, []);
  return post(world, '/api/ops', { ops: many(10, () => aMessage(log, text)) });
};

const worst: readonly Worst[] = [
  { what: `a group of ${crowd + 1} is made`, ask: (world) => newGroup(world).then(() => 200) },
  {
    what: 'everybody in it is mentioned',
    ask: async (world) => {
      const { log } = await newGroup(world);
      const mentions = world.members.slice(0, limits.mentionsMax);
      return post(world, '/api/ops', {
        ops: many(50, () => op('message', log, { body: { kind: 'text', text: 'all', mentions } })),
      });
    },
  },
  { what: 'JSON of 100 depths', ask: (world) => raw(world, `{"version":1,"ops":[${nested(100)}]}`) },
  { what: 'JSON that is nothing but depth', ask: (world) => raw(world, nested(limits.requestBytesMax / 2)) },
  { what: 'JSON that is nothing but width', ask: (world) => raw(world, `[${fill(limits.requestBytesMax - 8, '[],')}[]]`) },
  { what: 'JSON of many names', ask: (world) => raw(world, `{${many(20_000, (n) => `"k${n}":0`).join()}}`) },
  { what: 'JSON of escapes', ask: (world) => raw(world, `"${fill(limits.requestBytesMax - 16, '\\u0041')}"`) },
  { what: 'a flood of emoji', ask: (world) => texts(world, fill(limits.textBytesMax, '👩‍👩‍👧‍👦')) },
  { what: 'one letter under all its marks', ask: (world) => texts(world, `a${fill(limits.textBytesMax - 1, '\u0301')}`) },
  { what: 'white space to the end', ask: (world) => texts(world, `a${fill(limits.textBytesMax - 2, ' ')}b`) },
  { what: 'what may be a link, again and again', ask: (world) => texts(world, fill(limits.textBytesMax, 'http://a.')) },
  { what: '50 ops that are none', ask: (world) => post(world, '/api/ops', { ops: many(50, () => ({ a: fill(3_000, 'x') })) }) },
  {
    what: 'a sync of everything at its bound',
    ask: (world) => {
      const id = () => mintId();
      return post(world, '/api/sync', {
        version: 1,
        heads: 'all',
        logs: many(limits.logsPerSyncMax, () => ({ log: `c:${id()}`, watermark: 0, chain: '0'.repeat(16), empty: true })),
        rowsOf: many(limits.rowsOfMax, id),
        people: world.members.slice(0, limits.peopleOfMax),
        receiptsOf: many(limits.receiptsOfMax, () => ({ conversation: id(), version: 0 })),
        budgetBytes: limits.responseBytesMax,
      });
    },
  },
  {
    what: 'a window of a long history',
    ask: async (world) => {
      const { log } = await createGroup(world.ann, []);
      for (let n = 0; n < 10; n++) await world.ann.send(many(limits.opsPerSyncMax, () => aMessage(log, fill(2_000, 'é'))));
      const logs = [{ log, watermark: 0, chain: '0'.repeat(16), empty: true }];
      return post(world, '/api/sync', { version: 1, logs, budgetBytes: limits.responseBytesMax });
    },
  },
  {
    what: 'a draft at its bound',
    ask: (world) =>
      post(world, '/api/ops', {
        ops: [op('draft', selfLog(world.ann.user), { conversation: mintId(), text: fill(limits.draftBytesMax, 'é') })],
      }),
  },
  {
    what: 'a title of many ops',
    ask: async (world) =>
      post(world, '/api/ops', { ops: many(50, () => op('info-changed', conversationLog(mintId()), { title: 'é'.repeat(100) })) }),
  },
  { what: 'a head of cookies', ask: (world) => header(world, { cookie: fill(12_000, 'a=%25; ') }) },
  { what: 'a head of addresses', ask: (world) => header(world, { 'x-forwarded-for': fill(12_000, '::ffff:127.0.0.1, ') }) },
  { what: 'a head that looks like a token', ask: (world) => header(world, { authorization: `Bearer ${fill(12_000, 'a-')}!` }) },
  { what: 'a number that is none', ask: (world) => post(world, '/api/login', { phone: fill(32, '+1(') }) },
];

test(`${worst.length} worst requests do not keep others waiting`, async () => {
  const world = await aWorld();
  const lines: string[] = [];
  for (const { what, ask } of worst) {
    const figures: Held[] = [];
    for (let round = 0; round < rounds; round++) {
      await heldIn(world.server);
      const status = await ask(world);
      expect(status, what).toBeGreaterThanOrEqual(200);
      expect(status, what).toBeLessThan(500);
      // One turn of the loop after the answer, for what it put off.
      await wait(20);
      figures.push(await heldIn(world.server));
    }
    const middle = figures.toSorted((a, b) => a.heldMs - b.heldMs)[Math.floor(figures.length / 2)]!;
    lines.push(`      ${middle.heldMs.toFixed(0).padStart(5)} ms held, ${middle.cpuMs.toFixed(0).padStart(5)} ms cpu: ${what}`);
    expect(middle.cpuMs, what).toBeLessThan(cpuMsMax);
    if (isTorture) expect(middle.heldMs, what).toBeLessThan(heldMsMax);
  }
  process.stdout.write(`\n${lines.join('\n')}\n`);
  expect((await fetch(`${world.server.url}/health`)).status).toBe(200);
});
