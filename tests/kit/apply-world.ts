/**
 * One device's disk and one server, and between them nothing but chance: what is said live may be lost, doubled or late,
 * answers and pages arrive whenever they like, tabs take the lead from each other and die. Denser than a world of whole
 * engines, for the rules of applying alone.
 */
import './small-limits.ts';
import {
  CHAIN_START,
  isSelfLog,
  limits,
  type LogEvent,
  type MessageId,
  type Run,
  type SyncRequest,
  type SyncResponse,
} from '#sync-protocol';
import { aConversation, aLog, aTime, aUser } from '#sync-protocol/testing';
import { createLocalStore } from '../../app/store/local-store.ts';
import { deviceRules } from '../../app/store/device-rules.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import type { ConversationRecord } from '../../app/store/rows.ts';
import type { Change } from '../../app/sync/change.ts';
import { engineRules } from '../../app/sync/engine-rules.ts';
import { createMemory, type Memory } from '../../app/sync/memory.ts';
import type { CommitAll, CommitResult, HistoryAsk, LocalStore } from '../../app/sync/ports.ts';
import { buildRequest } from '../../app/sync/request.ts';
import { applyResponse } from '../../app/sync/response.ts';
import { createCoreWorld } from './core-world.ts';
import { createRandom } from './random.ts';
import { gapsOf } from './world-actions.ts';
import { checkStep, type Checked, type Failing } from './world-checks.ts';
import { createOracle } from './world-oracle.ts';
import { createDisk } from './world-server.ts';
import { WorldFailure, type Mistake } from './world.ts';

const reader = aUser(2);
const writers = [aUser(1), aUser(2), aUser(3)] as const;
const group = aConversation(1);
const noExtras = { open: new Set([group]), since: undefined, heads: false, ops: [], versions: new Map() };
const log = aLog(1);

type Tab = { readonly store: LocalStore; memory: Memory };
type Sync = { readonly kind: 'sync'; readonly tab: Tab; readonly request: SyncRequest; readonly response: SyncResponse };
type Page = {
  readonly kind: 'page';
  readonly tab: Tab;
  readonly spans: string;
  readonly ask: HistoryAsk;
  readonly page: Awaited<ReturnType<ReturnType<typeof createCoreWorld>['server']['reader']['history']>>;
};
type Live = { readonly kind: 'live'; readonly run: Run };
type Flying = Sync | Page | Live;

function runOf(events: readonly LogEvent[], i: number, name: Run['log']): Run {
  const { bodyHash: _, ...event } = events[i]! as LogEvent & { bodyHash?: string };
  const fromChain = events[i - 1]?.chain ?? CHAIN_START;
  return { log: name, from: i, fromChain, to: i + 1, toChain: event.chain, head: i + 1, items: [event] };
}

export type ApplyWorld = Awaited<ReturnType<typeof createApplyWorld>>;

export async function createApplyWorld(seed: number, mistake: Mistake = {}, behindEvents?: number) {
  const random = createRandom(seed);
  Object.assign(limits, { windowBehindEvents: behindEvents ?? random.pick([3, 5, 60]) });
  const disk = createDisk(() => aTime(0), 'memory');
  const world = createCoreWorld({ log: disk.log, random: random.next });
  const server = { events: disk.eventsOf, logs: disk.logs };
  const oracle = createOracle(server);
  const backend = createMemoryBackend();
  const rules = { ...deviceRules, ...mistake.rules };
  const engine = { ...engineRules, ...mistake.engineRules };
  const counts = new Map<string, number>();
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const fail: Failing = (what) => {
    throw new WorldFailure(`seed ${seed}: ${what}`);
  };
  const device: Checked = {
    user: reader,
    name: 'device',
    read: (work) => backend.read(work),
    deeds: { ops: new Map(), over: new Set(), uncertain: new Set(), reordered: new Set() },
  };
  const openTab = async (): Promise<Tab> => {
    const own = mistake.wrapBackend ? mistake.wrapBackend(backend) : backend;
    const store = createLocalStore(own, { user: reader, rules });
    return { store, memory: createMemory(await store.lead()) };
  };
  let flying: Flying[] = [];
  let buffer: Run[] = [];
  /** For so many steps nothing live arrives. */
  let deaf = 0;
  const tabs: Tab[] = [await openTab()];
  let leader = tabs[0]!;
  leader.store.keepEventsOf(new Set([group]));

  await world.makeGroup(1, writers[0], [writers[1], writers[2]]);
  let told = new Map<string, number>();

  /** What a gateway would push: each event by itself. */
  const push = () => {
    for (const name of [log, `u:${reader}` as typeof log]) {
      const events = server.events(name);
      for (let i = told.get(name) ?? 0; i < events.length; i++) {
        const isVisible = isSelfLog(name) || oracle.at(group, i + 1).isIn(reader) || oracle.at(group, i).isIn(reader);
        if (isVisible) say(events, i, name);
      }
      told.set(name, events.length);
    }
  };
  const say = (events: readonly LogEvent[], i: number, name: typeof log) => {
    const run = runOf(events, i, name);
    if (deaf > 0 || random.chance(0.05)) return count('live lost');
    const copies = random.chance(0.1) ? 2 : 1;
    for (let n = 0; n < copies; n++) flying.push({ kind: 'live', run });
    return undefined;
  };
  const record = async (): Promise<ConversationRecord | undefined> => backend.read((tx) => tx.conversations.get(group));
  const syncFlying = () => flying.find((one): one is Sync => one.kind === 'sync');

  /** Somebody says or does something. */
  const happen = async () => {
    const truth = oracle.at(group, server.events(log).length);
    const by = random.pick(writers.filter((user) => truth.isIn(user)));
    const seen = truth.messages(by);
    const kind = random.pick([
      'message',
      'message',
      'message',
      'edit',
      'reaction',
      'reaction',
      'reaction',
      'delete',
      ...(random.chance(0.3) ? (['member'] as const) : []),
    ] as const);
    const target = targetAmong(seen);
    if (kind === 'member') return membership(truth.isIn(reader));
    if (kind === 'message' || !target) await world.write(by, [world.message(log, `m${random.below(10_000)}`)]);
    else if (kind === 'reaction') {
      const payload = { emoji: random.pick(['a', 'b']), on: random.chance(0.5) };
      await world.write(by, [world.say({ log, type: 'reaction', target: target.id as MessageId, payload })]);
    } else if (kind === 'edit') {
      const body = { kind: 'text', text: `e${random.below(10_000)}` } as const;
      await world.write(target.by, [world.say({ log, type: 'edit', target: target.id as MessageId, payload: { body } })]);
    } else if (random.chance(0.4))
      await world.write(target.by, [world.say({ log, type: 'delete', target: target.id as MessageId, payload: {} })]);
  };
  /** Mostly what a page on its way speaks of: there the mistakes are. */
  const targetAmong = <T extends { readonly id: string }>(seen: readonly T[]): T | undefined => {
    const page = flying.find((one): one is Page => one.kind === 'page');
    const spoken = page ? seen.filter(({ id }) => page.page.messages.some((message) => message.id === id)) : [];
    if (spoken.length > 0 && random.chance(0.6)) return random.pick(spoken);
    return seen.length > 0 ? random.pick(seen) : undefined;
  };
  const membership = async (isIn: boolean) => {
    if (random.chance(0.3)) {
      await world.write(writers[0], [
        world.say({ log, type: 'policy-changed', payload: { history: random.pick(['joined', 'shared']) } }),
      ]);
    } else if (!isIn) await world.write(writers[0], [world.say({ log, type: 'members-added', payload: { members: [reader] } })]);
    else if (random.chance(0.4)) {
      await world.write(writers[0], [
        world.say({ log, type: 'member-removed', payload: { user: reader, ...(random.chance(0.3) && { purge: true }) } }),
      ]);
    }
  };

  const commitAllBy =
    (tab: Tab): CommitAll =>
    async (changes) => {
      const results = await tab.store.commit(changes, tab.memory.leaderTerm);
      results.forEach((result, i) => remember(tab, changes[i]!, result));
      return results;
    };
  const commitBy = (tab: Tab) => async (change: Change) => (await commitAllBy(tab)([change]))[0]!;
  const remember = (tab: Tab, change: Change, result: CommitResult) => {
    count(
      `change ${result.kind === 'rejected' ? `${change.kind}: ${result.why}` : result.kind === 'superseded' ? 'superseded' : change.kind}`,
    );
    if (result.kind !== 'committed') return;
    const before = tab.memory.head(group)?.watermark ?? 0;
    const after = result.heads.find(({ id }) => id === group)?.watermark ?? before;
    if (after < before && !change.kind.startsWith('self'))
      fail(`C2: ${change.kind} took the watermark from ${before} back to ${after}`);
    tab.memory.remember(result);
  };
  const ask = async (tab: Tab) => {
    if (syncFlying()) return;
    const request = buildRequest(tab.memory, {
      open: new Set([group]),
      since: undefined,
      heads: random.chance(0.3),
      ops: [],
      versions: new Map(),
    });
    flying.push({
      kind: 'sync',
      tab,
      request,
      response: await world.syncAs(reader, JSON.parse(JSON.stringify(request)) as SyncRequest),
    });
  };
  const askPage = async (tab: Tab) => {
    const held = await record();
    const head = tab.memory.head(group);
    const gaps = held ? gapsOf(held) : [];
    if (!head || gaps.length === 0) return;
    count('page asked');
    const { from, to } = random.pick(gaps);
    const end = random.chance(0.6) ? to : from + random.below(to - from + 1);
    const asked = { conversation: group, from, to: end, atLeast: head.watermark };
    try {
      const page = await world.server.reader.history(reader, group, { from, to: end, atLeast: head.watermark });
      flying.push({ kind: 'page', tab, spans: head.spans, ask: asked, page });
    } catch {
      count('page refused');
    }
  };
  const admitLive = async (run: Run): Promise<void> => {
    const isHeld = syncFlying() !== undefined && engine.holdsBack();
    if (isHeld) return void buffer.push(run);
    const result = await commitBy(leader)(isSelfLog(run.log) ? { kind: 'self-run', run } : { kind: 'run', run });
    if (result.kind === 'rejected' && result.why === 'gap') buffer = [...buffer, run].slice(-8);
    else if (result.kind === 'committed') await drain();
  };
  const drain = async (): Promise<void> => {
    const waiting = buffer.toSorted((a, b) => a.from - b.from);
    buffer = [];
    for (const run of waiting) await admitLive(run);
  };
  const arrive = async (one: Flying) => {
    flying = flying.filter((other) => other !== one);
    switch (one.kind) {
      case 'live':
        return admitLive(one.run);
      case 'page':
        count(one.page.asOf < ((await record())?.watermark ?? 0) ? 'a page older than the watermark' : 'a fresh page');
        await commitBy(one.tab)({ kind: 'fill', conversation: group, page: one.page, spans: one.spans });
        return undefined;
      case 'sync':
        if (!engine.standsStill(one.tab.memory, one.request)) count('a stale answer');
        else {
          const applying = { memory: one.tab.memory, commitAll: commitAllBy(one.tab), report: () => {}, wait: () => {} };
          await applyResponse(applying, one.request, JSON.parse(JSON.stringify(one.response)) as SyncResponse, []);
        }
        if (one.tab === leader && one.tab.memory.asks(new Set([group])).length > 0) await ask(leader);
        return drain();
    }
  };
  const changeLeader = async () => {
    count('leader changed');
    const other = tabs.find((tab) => tab !== leader) ?? leader;
    if (tabs.length === 1 || random.chance(0.2)) {
      // A new tab, which knows nothing of what was applied before it.
      const tab = await openTab();
      tabs.splice(0, tabs.length, leader, tab);
      leader = tab;
    } else {
      other.memory = createMemory(await other.store.lead());
      leader = other;
    }
    leader.store.keepEventsOf(new Set([group]));
    flying = flying.filter((one) => one.kind === 'live' || one.tab === leader || random.chance(0.5));
  };
  const isWhole = async (): Promise<boolean> => {
    const held = await record();
    return (
      held !== undefined &&
      gapsOf(held).length === 0 &&
      held.watermark === oracle.at(group, server.events(log).length).headOf(reader)
    );
  };
  const check = async () => {
    await checkStep(device, { oracle, server, restored: () => false }, fail);
    const watermark = (await record())?.watermark ?? 0;
    if (watermark > server.events(log).length) fail('C1: the watermark is beyond the log');
  };

  /** By hand, for schedules that chance finds too rarely. */
  const hands = {
    say: async (count_ = 1) => {
      for (let i = 0; i < count_; i++) await world.write(writers[0], [world.message(log, `m${random.below(10_000)}`)]);
    },
    /** On the message made at `seq`. */
    edit: async (seq: number) => {
      const body = { kind: 'text', text: `e${random.below(10_000)}` } as const;
      await world.write(writers[0], [
        world.say({ log, type: 'edit', target: server.events(log)[seq - 1]!.opId, payload: { body } }),
      ]);
    },
    erase: async (seq: number) => {
      await world.write(writers[0], [world.say({ log, type: 'delete', target: server.events(log)[seq - 1]!.opId, payload: {} })]);
    },
    member: async (isIn: boolean) => {
      const payload = isIn ? { members: [reader] } : { user: reader };
      await world.write(writers[0], [world.say({ log, type: isIn ? 'members-added' : 'member-removed', payload } as never)]);
    },
    react: async (seq: number, on: boolean) => {
      await world.write(writers[0], [
        world.say({ log, type: 'reaction', target: server.events(log)[seq - 1]!.opId, payload: { emoji: 'a', on } }),
      ]);
    },
    /** What was not pushed yet, live and in order. */
    live: async () => {
      deaf = 0;
      const events = server.events(log);
      for (let i = told.get(log) ?? 0; i < events.length; i++) await admitLive(runOf(events, i, log));
      told.set(log, events.length);
    },
    liveOne: async () => {
      const i = told.get(log) ?? 0;
      await admitLive(runOf(server.events(log), i, log));
      told.set(log, i + 1);
    },
    /** What was not pushed yet never will be. */
    lose: () => void (told = new Map([...told, [log, server.events(log).length]])),
    sync: async () => {
      for (let turn = 0; turn < 3; turn++) {
        await ask(leader);
        for (const one of flying.filter(({ kind }) => kind === 'sync')) await arrive(one);
      }
    },
    askPage: async (from: number, to: number): Promise<() => Promise<void>> => {
      const head = leader.memory.head(group)!;
      const page = await world.server.reader.history(reader, group, { from, to, atLeast: head.watermark });
      const one: Page = {
        kind: 'page',
        tab: leader,
        spans: head.spans,
        ask: { conversation: group, from, to, atLeast: 0 },
        page,
      };
      return () => arrive(one);
    },
    /** A window as of now, to be put in later. */
    askWindow: async (): Promise<() => Promise<void>> => {
      const head = leader.memory.head(group)!;
      const logs = [{ log, watermark: head.watermark, chain: head.chain, empty: true as const }];
      const { logs: parts } = await world.syncAs(reader, { ...buildRequest(leader.memory, noExtras), logs });
      return async () => {
        for (const part of parts) if (part.kind === 'window') await commitBy(leader)({ kind: 'window', window: part });
      };
    },
    open: (isOpen: boolean) => leader.store.keepEventsOf(new Set(isOpen ? [group] : [])),
    /** The other tab leads; the first call opens it. */
    changeLeader: async () => {
      const other = tabs.find((tab) => tab !== leader) ?? (await openTab());
      if (!tabs.includes(other)) tabs.push(other);
      other.memory = createMemory(await other.store.lead());
      leader = other;
      leader.store.keepEventsOf(new Set([group]));
    },
    watermark: async () => (await record())?.watermark ?? 0,
    ranges: async () => (await record())?.ranges ?? [],
  };

  return {
    counts,
    hands,
    check,
    fail,
    step: async () => {
      deaf = deaf > 0 ? deaf - 1 : random.chance(0.06) ? 8 + random.below(14) : 0;
      const draw = random.next();
      if (draw < 0.45) {
        await happen();
        push();
        // Mostly what is live comes at once and in order.
        if (random.chance(0.9)) for (const one of flying.filter(({ kind }) => kind === 'live')) await arrive(one);
      } else if (draw < 0.56 && deaf === 0) await ask(leader);
      else if (draw < 0.7) await askPage(leader);
      else if (draw < 0.73) await changeLeader();
      else if (flying.length > 0 && random.chance(0.6)) await arrive(random.pick(flying));
      await check();
    },
    /** All that is missing is asked for, until nothing is. */
    settle: async () => {
      flying = [];
      buffer = [];
      for (let turn = 0; turn < 40 && (turn < 3 || !(await isWhole())); turn++) {
        await ask(leader);
        await askPage(leader);
        for (const one of flying) await arrive(one);
        await check();
      }
      const held = await record();
      const truth = oracle.at(group, server.events(log).length);
      if (truth.isPurged(reader)) return;
      if (held?.watermark !== truth.headOf(reader)) fail(`E1: at ${held?.watermark}, not at ${truth.headOf(reader)}`);
      const missing = gapsOf(held!).filter(({ from, to }) => truth.messages(reader).some(({ seq }) => seq >= from && seq <= to));
      if (missing.length > 0) fail(`E1: ${JSON.stringify(missing)} is not held`);
    },
  };
}
