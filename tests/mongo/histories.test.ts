import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRefused, selfLog, type Answer, type LogId, type Op, type UserId } from '#sync-protocol';
import { aLog, aUser } from '#sync-protocol/testing';
import type { Core } from '../../api/core/core.ts';
import { openMongoStore, type MongoStore } from '../../api/store/mongo/store.ts';
import { createCoreWorld, type CoreWorld } from '../kit/core-world.ts';
import { faults } from '../kit/mongo/faults.ts';
import { mongoKinds, type MongoServer } from '../kit/mongo/servers.ts';
import { isWrite, startWireProxy, type Command } from '../kit/mongo/wire-proxy.ts';
import { createRandom, type Random } from '../kit/random.ts';
import { counts, seed as firstSeed } from '../rig/kit/tier.ts';
import { report } from '../rig/kit/figures.ts';
import { expectFolded } from './refolded.ts';

/** FerretDB scans where others seek, and is here for being another. */
const sizes: Readonly<Record<string, number>> = { FerretDB: counts({ test: 4, torture: 200 }) };
const usualSize = counts({ test: 24, torture: 5_000 });
const atOnce = 6;
const steps = 20;
const logs: readonly LogId[] = [aLog(1), aLog(2)];
const people: readonly UserId[] = [1, 2, 3].map(aUser);
const every = [...logs, ...people.map(selfLog)];

describe.each(mongoKinds)('$name', ({ name, start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());
  const size = sizes[name] ?? usualSize;

  test(`[SQ-1][SQ-5][SQ-6][SQ-10] ${size} histories of two servers whose commands are lost, unheard, refused or held up: what was acknowledged is there once, and all of it is folded`, async () => {
    const tally = { commands: 0, struck: 0, acknowledged: 0, unknown: 0 };
    const seeds = Array.from({ length: size }, (_, i) => firstSeed + i);
    const liveOn = async (): Promise<void> => {
      for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) await live(server.newUri(), seed, tally);
    };
    await Promise.all(Array.from({ length: atOnce }, liveOn));
    expect(tally.struck).toBeGreaterThan(size);
    report(`${name}: of ${tally.commands} commands that write, struck`, [tally.struck], 'of them');
    report(`${name}: acknowledged, beside ${tally.unknown} of which the outcome was unknown`, [tally.acknowledged], 'ops');
  });
});

type Tally = { commands: number; struck: number; acknowledged: number; unknown: number };
type Servers = { readonly world: CoreWorld; readonly cores: readonly Core[] };

/** People talk through two servers that something happens to; then one that is well looks at what there is. */
async function live(uri: string, seed: number, tally: Tally): Promise<void> {
  const random = createRandom(seed);
  const proxy = await startWireProxy(uri);
  const well = await openMongoStore({ uri });
  const faulty = await Promise.all([0, 1].map(() => openMongoStore({ uri: proxy.uri(uri) })));
  try {
    const world = createCoreWorld({ log: well.eventLog, random: random.next });
    const cores = faulty.map(({ eventLog }) => world.aServer(eventLog));
    await world.makeGroup(1, people[0]!, people.slice(1));
    await world.makeGroup(2, people[1]!, people.slice(0, 1));
    const unsafe: string[] = [];
    proxy.judge((command) => {
      if (!isWrite(command)) return 'pass';
      tally.commands++;
      if (!isSafe(command)) unsafe.push(JSON.stringify(command.body));
      if (!random.chance(0.04)) return 'pass';
      tally.struck++;
      return random.pick(Object.values(faults));
    });
    const acknowledged = await talk({ world, cores }, random, tally);
    expect(unsafe, `seed ${seed}`).toEqual([]);
    await expectWhole(well, world, acknowledged);
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  } finally {
    await Promise.all([...faulty, well].map((store) => store.close()));
    await proxy.close();
  }
}

/** Every write command carries majority. [SQ-6] */
const isSafe = ({ body }: Command): boolean =>
  JSON.stringify(body['writeConcern']) === JSON.stringify({ w: 'majority', j: true });

type Acknowledged = ReadonlyMap<string, { readonly log: LogId; readonly seq: number }>;
type Asked = { readonly user: UserId; readonly ops: readonly Op[] };

async function talk({ world, cores }: Servers, random: Random, tally: Tally): Promise<Acknowledged> {
  const acknowledged = new Map<string, { readonly log: LogId; readonly seq: number }>();
  const said: Op[] = [];
  let unheard: Asked[] = [];
  const ask = async (asked: Asked): Promise<void> => {
    const answers = await random.pick(cores).writer.write({ user: asked.user, device: 'device' }, asked.ops);
    const isRefusedAs = (code: string) => (answer: Answer) => isRefused(answer) && answer.refusal === code;
    expect(answers.filter(isRefusedAs('internal'))).toEqual([]);
    const isUnknown = isRefusedAs('unavailable');
    const again = asked.ops.filter((_, i) => isUnknown(answers[i]!));
    if (again.length > 0) unheard.push({ user: asked.user, ops: again });
    tally.unknown += again.length;
    for (const answer of answers) {
      if (isRefused(answer)) continue;
      tally.acknowledged++;
      const before = acknowledged.get(answer.opId);
      expect(before ?? answer).toMatchObject({ log: answer.log, seq: answer.seq });
      acknowledged.set(answer.opId, { log: answer.log, seq: answer.seq });
    }
  };
  for (let step = 0; step < steps; step++) {
    const asked = Array.from({ length: 1 + random.below(3) }, (): Asked => {
      const user = random.pick(people);
      const ops = Array.from({ length: 1 + random.below(3) }, () => something(world, random, user, said));
      said.push(...ops);
      return { user, ops };
    });
    const repeated = unheard.filter(() => random.chance(0.7));
    unheard = unheard.filter((one) => !repeated.includes(one));
    // A request that goes on running at one server while it is repeated at another.
    const twice = asked.filter(() => random.chance(0.2));
    await Promise.all([...repeated, ...asked, ...twice].map(ask));
  }
  return acknowledged;
}

function something(world: CoreWorld, random: Random, user: UserId, said: readonly Op[]): Op {
  const log = random.pick(logs);
  const messages = said.filter((op) => op.type === 'message' && op.log === log);
  const target = messages.length > 0 ? (random.pick(messages).opId as never) : undefined;
  const other = random.pick(people);
  const kind = random.below(12);
  if (kind === 0) return world.say({ log, type: 'members-added', payload: { members: [other] } });
  if (kind === 1) return world.say({ log, type: 'member-removed', payload: { user: other } });
  if (kind === 2) return world.say({ log, type: 'info-changed', payload: { title: `Title ${random.below(9)}` } });
  if (kind === 3) return world.say({ log: selfLog(user), type: 'profile', payload: { name: `Name ${random.below(9)}` } });
  if (target && kind === 4)
    return world.say({ log, type: 'edit', target, payload: { body: { kind: 'text', text: `edit ${random.below(99)}` } } });
  if (target && kind === 5) return world.say({ log, type: 'delete', target, payload: {} });
  if (target && kind === 6) return world.say({ log, type: 'reaction', target, payload: { emoji: '👍', on: random.chance(0.7) } });
  return world.message(log, `message ${random.below(999)}`);
}

async function expectWhole(well: MongoStore, world: CoreWorld, acknowledged: Acknowledged): Promise<void> {
  await well.repair(0);
  await world.server.writer.repair();
  await well.repair(0);
  const seqs = new Map<string, { readonly log: LogId; readonly seq: number }>();
  await expectFolded(well.eventLog, every);
  for (const log of every) {
    const events = await well.eventLog.read(log, 0, 10_000);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    for (const { opId, seq } of events) {
      expect(seqs.has(`${log} ${opId}`)).toBe(false);
      seqs.set(`${log} ${opId}`, { log, seq });
    }
  }
  for (const [opId, place] of acknowledged) expect(seqs.get(`${place.log} ${opId}`)).toEqual(place);
}
