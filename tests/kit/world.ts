/**
 * A small world that can be told again: real engines over real local stores, a real server core over a real event log, and
 * between them chance from one seed. Nothing in it waits for real time.
 */
import './small-limits.ts';
import { isRefused, limits, type Op, type OpId, type UserId } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { deviceRules, type DeviceRules } from '../../app/store/device-rules.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import type { Backend } from '../../app/store/tables.ts';
import { engineRules, type EngineRules } from '../../app/sync/engine-rules.ts';
import type { LocalStore, Transport } from '../../app/sync/ports.ts';
import { createVirtualTime } from './clock.ts';
import { createNetwork, type NetworkFaults, type Tap } from './network.ts';
import { createRandom } from './random.ts';
import { act, hasGaps, type Profile } from './world-actions.ts';
import { checkAnswer, checkPage } from './world-answers.ts';
import { checkNames, checkRest, checkStep, createServerCheck, type Failing } from './world-checks.ts';
import { createSimDevice, type SimDevice, type Watch } from './world-device.ts';
import { createOracle } from './world-oracle.ts';
import { createServerSide } from './world-server.ts';

export type Mistake = {
  readonly rules?: Partial<DeviceRules>;
  readonly engineRules?: Partial<EngineRules>;
  readonly wrapBackend?: (backend: Backend) => Backend;
  readonly tap?: Tap;
  readonly wrapStore?: (store: LocalStore, backend: Backend) => LocalStore;
  readonly wrapTransport?: (transport: Transport) => Transport;
};

export type WorldOptions = {
  readonly createBackend?: () => Promise<Backend>;
  readonly mistake?: Mistake;
  readonly isCalm?: boolean;
  readonly profile?: Profile;
};

export class WorldFailure extends Error {
  override readonly name = 'WorldFailure';
}

export type World = Awaited<ReturnType<typeof createWorld>>;

const tenYearsMs = 10 * 365 * 24 * 3_600_000;

export async function createWorld(
  seed: number,
  { createBackend = async () => createMemoryBackend(), mistake = {}, isCalm = false, ...options }: WorldOptions = {},
) {
  const random = createRandom(seed);
  const profile = options.profile ?? random.pick(['people', 'people', 'holes', 'holes', 'stays'] as const);
  const isHoles = profile === 'holes' || profile === 'stays';
  // Either windows come often, or never, so that what runs alone must do is seen too.
  Object.assign(limits, { windowBehindEvents: random.pick([3, 3, 60]) });
  const time = createVirtualTime();
  const counts = new Map<string, number>();
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const fail: Failing = (what) => {
    throw new WorldFailure(`seed ${seed} at ${time.now()} ms: ${what}`);
  };
  let failure: WorldFailure | undefined;
  const failLater = (what: string) => {
    failure ??= new WorldFailure(`seed ${seed} at ${time.now()} ms: ${what}`);
  };
  const people: readonly UserId[] = [aUser(1), aUser(2), aUser(3)];
  const server = createServerSide({
    time,
    random,
    count,
    servers: random.chance(0.3) ? 2 : 1,
    people: new Set(people),
    faults: isCalm
      ? { crashAtWrite: 0, slowStore: 0, busLoss: 0 }
      : { crashAtWrite: random.pick([0, 0.5]), slowStore: random.pick([0, 0.2]), busLoss: random.pick([0, 0.3]) },
  });
  const faults: NetworkFaults = isCalm
    ? { loss: 0, duplicate: 0, usualMs: 40, rareMs: 80, pageMs: 40 }
    : {
        loss: random.pick([0, 0.02, 0.1]),
        duplicate: random.pick([0, 0.1]),
        usualMs: 60,
        rareMs: random.pick([100, 2_000]),
        pageMs: random.pick(isHoles ? [1_500, 6_000] : [50, 1_500]),
      };
  if (!isCalm) server.setPushLoss(random.pick([0, 0, 0.1, 1]));
  let requests = 0;
  const oracle = createOracle(server);
  let isRestored = false;
  const mayComeLater = (opId: OpId) => devices.forEach(({ deeds }) => deeds.reordered.add(opId));
  /** Over these a server died or failed, and what it had decided of them nobody heard. */
  const unheard = new Set<readonly Op[]>();
  /** One that stands behind a later one of its lane had been refused then. */
  const excuseUnheard = () => {
    const placeOf = ({ log, opId }: Op) =>
      server.events(log).find((event) => event.opId === opId)?.seq ?? Number.POSITIVE_INFINITY;
    for (const ops of unheard) {
      ops.forEach((op, i) => {
        const isOvertaken = ops.slice(i + 1).some((later) => later.log === op.log && placeOf(later) < placeOf(op));
        if (isOvertaken) mayComeLater(op.opId);
      });
    }
  };
  const network = createNetwork({
    time,
    random,
    server,
    faults,
    count,
    tap: mistake.tap ?? {},
    observe: {
      asked: (ops) => {
        unheard.add(ops as readonly Op[]);
        return {
          decided: (answers) => {
            unheard.delete(ops as readonly Op[]);
            // Refused, and perhaps nobody heard of it: sent again it stands where it is accepted.
            for (const { opId } of answers.filter(isRefused)) mayComeLater(opId as OpId);
          },
        };
      },
      request: () => void requests++,
      response: (user, request, answer) => {
        noteAnswer(answer, count);
        checkAnswer(user, request, answer, { oracle, server, restored: () => isRestored }, failLater);
      },
      page: (user, ask, answer) => {
        if (answer.kind === 'ok') count('pages');
        checkPage(user, ask, answer, { oracle, server, restored: () => isRestored }, failLater);
      },
    },
  });
  const watch = createWatch(count, failLater);
  const rules: DeviceRules = { ...deviceRules, ...mistake.rules };
  // Mostly one device each; the first person has two.
  const owners = [people[0]!, people[0]!, people[1]!, people[2]!];
  const devices: SimDevice[] = [];
  for (const [i, user] of owners.entries()) {
    devices.push(
      createSimDevice({
        user,
        name: `d${i}`,
        time,
        random,
        backend: await createBackend(),
        transport: (link) => network.transportFor(user, link),
        rules,
        skewMs: isCalm ? 0 : random.pick([0, 0, tenYearsMs, -tenYearsMs]),
        slowDisk: isCalm ? 0 : random.pick([0, 0.2]),
        count,
        watch,
        engineRules: { ...engineRules, ...mistake.engineRules },
        ...(mistake.wrapBackend && { wrapBackend: mistake.wrapBackend }),
        ...(mistake.wrapStore && { wrapStore: mistake.wrapStore }),
        ...(mistake.wrapTransport && { wrapTransport: mistake.wrapTransport }),
      }),
    );
  }
  const repairs = () => {
    void server.repairAll().catch(() => undefined);
    time.after(15_000, 'repair', repairs);
  };
  time.after(15_000, 'repair', repairs);
  // A group of all of them, so that there is something to talk about.
  await time.runUntil(200);
  void devices[0]!.tabs()[0]?.session.commands.createGroup({ title: 'All', members: people.slice(1) });
  await time.runUntil(3_000);
  let stepped = 0;
  const returns: { readonly device: SimDevice; readonly step: number }[] = [];
  const checkDeps = { oracle, server, restored: () => isRestored };
  const checkServer = createServerCheck(server, fail);
  const check = async () => {
    if (failure) throw failure;
    if (!isRestored) checkServer();
    for (const device of devices) {
      if (!device.isDirty) continue;
      device.isDirty = false;
      await checkStep(device, checkDeps, fail);
      const bug = device.reports.find((report) => /could not be|failed:|Invariant/.test(report));
      if (bug) fail(`${device.name} reports ${bug}`);
    }
    const bug = server.bugs[0];
    if (bug) fail(`the server has a bug: ${bug instanceof Error ? bug.stack : JSON.stringify(bug)}`);
  };
  const pass = async (ms: number) => {
    const until = time.now() + ms;
    // In small portions, so that what was wrong for a moment is seen.
    while (time.now() < until) {
      await time.runUntil(Math.min(until, time.now() + Math.max(100, ms / 3)));
      await check();
    }
  };

  return {
    seed,
    time,
    random,
    server,
    devices,
    people,
    counts,
    oracle,
    faults,
    check,
    pass,
    requests: () => requests,
    step: async () => {
      stepped++;
      for (const { device, step } of returns) if (step === stepped) device.switchLink(true);
      const isStrike = !isCalm && random.chance(isHoles ? 0.2 : 0.14);
      if (isStrike && isHoles) blink(random.pick(devices));
      else if (isStrike) strike(random.pick(devices));
      else await act({ time, random, people, count }, profile, await actor());
      await pass(
        isHoles ? random.below(random.pick([60, 200, 1_500])) : random.chance(0.8) ? random.below(400) : random.below(6_000),
      );
    },
    restore: async (isAnnounced: boolean) => {
      isRestored = true;
      count(isAnnounced ? 'restored with another epoch' : 'restored in silence');
      const keep = Math.floor(server.writes() * (0.3 + random.next() * 0.65));
      await server.restore(keep, isAnnounced);
      oracle.forget();
    },
    settle,
    checkRest: async () => {
      excuseUnheard();
      for (const device of devices) await checkRest(device, checkDeps, fail);
      await checkQuiet();
      // A name that a store forgot may have been on its way to somebody when it went back.
      if (!isRestored) for (const device of devices) await checkNames(device, server, fail);
    },
    fail,
  };

  /** C11 and C14: at rest one asks now and then, and writes nothing. */
  async function checkQuiet(): Promise<void> {
    const before = requests;
    for (const device of devices) device.writtenInQuiet = [];
    await time.runUntil(time.now() + 61_000);
    for (const device of devices) {
      // How far others have read may be told late, and is news.
      const written = device.writtenInQuiet!.filter((what) => what !== 'put receipts');
      if (written.length > 0) fail(`${device.name}: C14: at rest it wrote ${written.slice(0, 3).join()}`);
      device.writtenInQuiet = undefined;
    }
    const most = devices.reduce((sum, device) => sum + device.tabs().length, 0) * 3;
    if (requests - before > most) fail(`C11: at rest ${requests - before} requests were made in a minute`);
  }
  /** Whoever misses something is likelier to do something about it. */
  async function actor(): Promise<SimDevice> {
    const device = random.pick(devices);
    if (!isHoles || (await hasGaps(device))) return device;
    return random.pick(devices);
  }
  /** A link that goes and comes while others talk on, and tabs that take the lead from each other. */
  function blink(device: SimDevice): void {
    const kind = random.pick(['away', 'away', 'away', 'away', 'steal', 'tab'] as const);
    time.note(`${device.name} ${kind}`);
    if (kind === 'steal') return void (device.steal() && count('lead stolen'));
    if (kind === 'tab') return void (device.isOn() && device.tabs().length < 2 && device.openTab());
    if (!device.link.isUp) return;
    count('away');
    device.switchLink(false);
    returns.push({ device, step: stepped + random.pick([3, 12]) + random.below(14) });
  }
  /** What is not anybody's doing. */
  function strike(device: SimDevice): void {
    const kinds: readonly (readonly [string, () => unknown])[] = [
      ['link down', () => device.switchLink(false)],
      ['link up', () => device.switchLink(true)],
      ['link up', () => device.switchLink(true)],
      [
        'half-open',
        () => {
          device.link.isHalfOpen = true;
          time.after(5_000 + random.below(60_000), 'heal', () => void (device.link.isHalfOpen = false));
        },
      ],
      ['device crash', () => device.isOn() && device.crash()],
      ['device crash soon', () => device.crashAt(random.below(60))],
      ['second tab', () => device.isOn() && device.tabs().length < 2 && device.openTab()],
      ['lead stolen', () => device.steal()],
      ['tab closed', () => device.tabs().length > 1 && device.closeTab()],
      ['server crash', () => server.crash()],
      [
        'long absence',
        () => {
          device.switchLink(false);
          time.after(20_000 + random.below(60_000), 'back', () => device.switchLink(true));
        },
      ],
    ];
    const [label, work] = random.pick(kinds);
    time.note(`${device.name} ${label}`);
    if (work() !== false) count(label);
  }
  /**
   * Nobody writes, everything works: within this time everything must be everywhere. A lane that stood still for as long as
   * one does leaves again in it, and after that everybody asks at least once.
   */
  async function settle(ms = 130_000): Promise<void> {
    Object.assign(faults, { loss: 0, duplicate: 0, usualMs: 40, rareMs: 80, pageMs: 40 });
    Object.assign(server.faults, { crashAtWrite: 0, slowStore: 0, busLoss: 0 });
    for (const device of devices) {
      device.crashAt(Number.POSITIVE_INFINITY);
      device.link.isHalfOpen = false;
      device.switchLink(true);
    }
    await pass(6_000);
    for (const device of devices) device.lookAround();
    await pass(ms);
  }
}

function createWatch(count: (what: string) => void, fail: (what: string) => void): Watch {
  const watermarks = new Map<string, number>();
  return {
    staged: () => count('ops staged'),
    committed: (device, change, result, { claimed, held }) => {
      const what =
        result.kind === 'rejected' ? `${change.kind}: ${result.why}` : result.kind === 'superseded' ? 'superseded' : change.kind;
      count(`change ${what}`);
      if (result.kind !== 'committed') return;
      if (claimed < held) fail(`${device.name}: C10: ${change.kind} was stored in term ${held} by the leader of term ${claimed}`);
      for (const id of result.gone) watermarks.delete(`${device.name} ${id}`);
      for (const { id, watermark } of result.heads) {
        const key = `${device.name} ${id}`;
        // Purged and returned in one run of the self log: begun anew.
        const isNew = watermark === 0 && change.kind.startsWith('self');
        if (change.kind !== 'reset' && !isNew && watermark < (watermarks.get(key) ?? 0))
          fail(`${device.name}: C2: ${change.kind} took the watermark back`);
        watermarks.set(key, watermark);
      }
    },
  };
}

function noteAnswer(answer: Parameters<NonNullable<Tap['sync']>>[2], count: (what: string) => void): void {
  if (answer.kind !== 'ok') return count(`sync ${answer.kind}`);
  for (const part of answer.response.logs) count(`part ${part.kind}`);
  if (answer.response.self && 'snapshot' in answer.response.self) count('self snapshot');
  if (answer.response.heads) count('all heads');
  if (answer.response.more) count('more');
}
