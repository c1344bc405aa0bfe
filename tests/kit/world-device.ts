/** One simulated device: its disk outlives its crashes; its tabs share the disk and compete for the lead. */
import { conversationLog, namedBy, type ConversationId, type LogId, type Op, type OpId, type UserId } from '#sync-protocol';
import { aTime } from '#sync-protocol/testing';
import { createIds } from '../../app/platform/ids.ts';
import { createLocalStore } from '../../app/store/local-store.ts';
import type { DeviceRules } from '../../app/store/device-rules.ts';
import type { Backend, Tables } from '../../app/store/tables.ts';
import type { Change } from '../../app/sync/change.ts';
import type { EngineRules } from '../../app/sync/engine-rules.ts';
import type { CommitResult, Committed, Connectivity, Leadership, LocalStore, Transport } from '../../app/sync/ports.ts';
import { createSession, type Session } from '../../app/sync/session.ts';
import type { VirtualTime } from './clock.ts';
import { testHashes } from './core-world.ts';
import type { Link } from './network.ts';
import type { Random } from './random.ts';
import { withFuse, withSpy } from './fuse.ts';

/** What the person at this device did, and what they took back. */
export type Deeds = {
  readonly ops: Map<OpId, Op>;
  /** Folded into another op, or taken back by the person. */
  readonly over: Set<OpId>;
  /** The device died while the person changed their mind: what was in the outbox then may be over. */
  readonly uncertain: Set<OpId>;
  /** Sent again by the person, or parked at some time: their order is the person's. */
  readonly reordered: Set<OpId>;
};

export type Watch = {
  committed(device: SimDevice, change: Change, result: CommitResult, term: { claimed: number; held: number }): void;
  staged(device: SimDevice, op: Op): void;
};

export type Tab = { readonly session: Session; readonly store: LocalStore; isDead: boolean; isLeading: boolean };

type Deps = {
  readonly user: UserId;
  readonly name: string;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly backend: Backend;
  readonly transport: (link: Link) => Transport;
  readonly rules: DeviceRules;
  readonly skewMs: number;
  readonly slowDisk: number;
  readonly count: (what: string) => void;
  readonly watch: Watch;
  /** For planted mistakes between the engine and the disk. */
  readonly wrapStore?: (store: LocalStore, backend: Backend) => LocalStore;
  readonly wrapTransport?: (transport: Transport) => Transport;
  readonly wrapBackend?: (backend: Backend) => Backend;
  readonly engineRules?: EngineRules;
};

const never = <T>(): Promise<T> => new Promise<T>(() => {});
export class Crash extends Error {
  override readonly name = 'Crash';
}

export type SimDevice = ReturnType<typeof createSimDevice>;

export function createSimDevice(deps: Deps) {
  const { user, name, time, random, backend, skewMs, count, watch } = deps;
  const link: Link = { isUp: true, isHalfOpen: false };
  const deeds: Deeds = { ops: new Map(), over: new Set(), uncertain: new Set(), reordered: new Set() };
  const reports: string[] = [];
  const lookers = new Set<() => void>();
  const lock = createTabLock(time);
  let tabs: Tab[] = [];
  let fuse = Number.POSITIVE_INFINITY;
  const book = createOutboxBook();
  const device = {
    user,
    name,
    link,
    deeds,
    reports,
    backend,
    isDirty: false,
    /** Nothing may be written: what would be, by table. */
    writtenInQuiet: undefined as string[] | undefined,
    tabs: () => tabs,
    isOn: () => tabs.length > 0,
    tab: (): Tab | undefined => (tabs.length > 0 ? random.pick(tabs) : undefined),
    read: <T>(work: (tables: Tables) => Promise<T>): Promise<T> => time.busy(backend.read(work)),
    openTab,
    closeTab: () => {
      const tab = tabs.shift();
      if (!tab) return;
      tab.isDead = true;
      lock.gone(tab);
    },
    /** Another tab takes the leader for frozen. The old one is not told, and goes on until the disk refuses it. */
    steal: () => {
      const other = tabs.find(({ isLeading }) => !isLeading);
      if (other) lock.steal(other);
      return other !== undefined;
    },
    crash,
    /** Dies at the n-th access to a table from now. */
    crashAt: (n: number) => {
      fuse = n;
    },
    lookAround: () => lookers.forEach((look) => look()),
    switchLink: (isUp: boolean) => {
      link.isUp = isUp;
      device.lookAround();
    },
  };

  function crash(): void {
    for (const tab of tabs) tab.isDead = true;
    tabs = [];
    lookers.clear();
    lock.clear();
    fuse = Number.POSITIVE_INFINITY;
    time.after(100 + random.below(5_000), `${name} starts`, openTab);
  }
  function openTab(): void {
    const tab = { isDead: false, isLeading: false } as Tab;
    const store = watched(
      createLocalStore(deps.wrapBackend ? deps.wrapBackend(guarded(tab)) : guarded(tab), { user, rules: deps.rules }),
    );
    const transport = deps.transport(link);
    const clock = {
      now: () => aTime(0) + time.now() + skewMs,
      after: (ms: number, work: () => void) => time.after(ms, name, () => void (!tab.isDead && work())),
    };
    const connectivity: Connectivity = {
      isOnline: () => link.isUp,
      watch: (changed) => {
        const look = () => void (!tab.isDead && changed());
        lookers.add(look);
        return () => lookers.delete(look);
      },
    };
    const session = createSession({
      user,
      store: deps.wrapStore ? deps.wrapStore(store, backend) : store,
      storage: backend.kind,
      transport: muted(tab, deps.wrapTransport ? deps.wrapTransport(transport) : transport),
      clock,
      random: random.next,
      ids: createIds(clock, random.next),
      digest: async (text) => testHashes.digest(text),
      leadership: lock.leadershipFor(tab),
      connectivity,
      report: (what, detail) => {
        if (!(detail instanceof Crash) && !tab.isDead)
          reports.push(`${what} ${detail instanceof Error ? detail.stack : JSON.stringify(detail)}`);
      },
      onEnded: () => undefined,
      ...(deps.engineRules && { rules: deps.engineRules }),
    });
    Object.assign(tab, { session, store });
    tabs.push(tab);
    session.start();
  }
  /** A dead tab hears nothing. */
  const muted = (tab: Tab, transport: Transport): Transport => ({
    sync: async (request) => {
      const answer = await transport.sync(request);
      return tab.isDead ? never() : answer;
    },
    history: async (ask) => {
      const answer = await transport.history(ask);
      return tab.isDead ? never() : answer;
    },
    connect: (handlers) => {
      const socket = transport.connect({
        down: (message) => void (!tab.isDead && handlers.down(message)),
        closed: (why) => void (!tab.isDead && handlers.closed(why)),
      });
      return {
        ...socket,
        ask: async (message, ms) => {
          const answers = await socket.ask(message, ms);
          return tab.isDead ? never() : answers;
        },
      };
    },
  });
  /** The disk as a tab sees it: slow now and then, and the last thing it sees when the device dies. */
  const guarded = (tab: Tab): Backend => ({
    ...backend,
    write: async (names, work) => {
      const deed = book.underWay();
      if (tab.isDead) return never();
      if (random.chance(deps.slowDisk)) await time.sleep(random.below(25), `${name} disk`);
      if (tab.isDead) return never();
      device.isDirty = true;
      const burn = () => {
        if (fuse-- > 0) return;
        throw new Crash();
      };
      try {
        const result = await time.busy(backend.write(names, (tables) => work(book.kept(tablesFor(tables, burn), deed))));
        if (fuse === 0) throw new Crash();
        return tab.isDead ? await never() : result;
      } catch (error) {
        if (!isCrash(error)) throw error;
        count('device crashed in a transaction');
        crash();
        return never();
      }
    },
  });
  const tablesFor = (tables: Tables, burn: () => void): Tables => {
    if (device.writtenInQuiet) return withSpy(tables, (what) => device.writtenInQuiet?.push(what));
    return fuse === Number.POSITIVE_INFINITY ? tables : withFuse(tables, burn);
  };
  /** Keeps book of what the person did. */
  const watched = (store: LocalStore): LocalStore => ({
    ...store,
    stage: async (op) => {
      const before = await doubting();
      const deed = await book.during(() => store.stage(op));
      if (!before.has(op.opId)) note(op, deed);
      sure(before);
    },
    discard: async (opId, undo) => {
      const before = await doubting();
      const { lost } = await book.during(() => store.discard(opId, undo));
      for (const id of lost) deeds.over.add(id);
      sure(before);
    },
    sendAgain: async (opId) => {
      deeds.reordered.add(opId);
      await store.sendAgain(opId);
    },
    commit: async (changes, claimed) => {
      const held = await term();
      let results: readonly CommitResult[] = [];
      const { lost, cancelled } = await book.during(async () => {
        results = await store.commit(changes, claimed);
      });
      // A message that was taken back, and what was said of it.
      for (const id of lost) {
        const op = deeds.ops.get(id);
        if (cancelled.has(id) || (op && namedBy(op).some((named) => cancelled.has(named)))) deeds.over.add(id);
      }
      const outbox = await device.read((tx) => tx.outbox.all());
      for (const { opId, state } of outbox) if (state.at === 'parked') deeds.reordered.add(opId);
      const waiting = new Set(outbox.map(({ opId }) => opId));
      changes.forEach((change, i) => {
        const result = results[i]!;
        if (result.kind === 'committed') for (const id of begunAnew(change, result)) letGo(conversationLog(id), waiting);
        watch.committed(device, change, result, { claimed, held });
      });
      return results;
    },
  });
  /** What was accepted in a conversation that is purged is not waited for any more. */
  const letGo = (log: LogId, waiting: ReadonlySet<OpId>) => {
    for (const [opId, op] of deeds.ops) if (op.log === log && !waiting.has(opId)) deeds.over.add(opId);
  };
  const term = async () => ((await device.read((tx) => tx.meta.get('leaderTerm')))?.value as number | undefined) ?? 0;
  const outboxIds = async (): Promise<Set<OpId>> => new Set((await device.read((tx) => tx.outbox.all())).map(({ opId }) => opId));
  const doubting = async () => {
    const ids = await outboxIds();
    for (const id of ids) deeds.uncertain.add(id);
    return ids;
  };
  const sure = (ids: ReadonlySet<OpId>) => {
    for (const id of ids) deeds.uncertain.delete(id);
  };
  function note(op: Op, { gained, lost }: OutboxDeed): void {
    deeds.ops.set(op.opId, op);
    if (!gained.has(op.opId)) deeds.over.add(op.opId);
    for (const id of lost) deeds.over.add(id);
    watch.staged(device, op);
  }
  openTab();
  return device;
}

type OutboxDeed = { readonly gained: Set<OpId>; readonly lost: Set<OpId>; readonly cancelled: Set<string> };

/** What one write puts into the outbox and takes out of it, whatever else is stored at the same time. */
function createOutboxBook() {
  const places = new Map<number, OpId>();
  let current: OutboxDeed | undefined;
  return {
    underWay: () => current,
    /** `work` begins its write at once. */
    during: async (work: () => Promise<void>): Promise<OutboxDeed> => {
      const deed: OutboxDeed = { gained: new Set(), lost: new Set(), cancelled: new Set() };
      current = deed;
      const done = work();
      current = undefined;
      await done;
      return deed;
    },
    kept: (tables: Tables, deed: OutboxDeed | undefined): Tables => ({
      ...tables,
      outbox: {
        ...tables.outbox,
        put: (entry) => {
          places.set(entry.n, entry.opId);
          deed?.gained.add(entry.opId);
          return tables.outbox.put(entry);
        },
        remove: (ns) => {
          for (const n of ns) deed?.lost.add(places.get(n)!);
          return tables.outbox.remove(ns);
        },
      },
      cancelled: {
        ...tables.cancelled,
        put: (row) => {
          deed?.cancelled.add(row.opId);
          return tables.cancelled.put(row);
        },
      },
    }),
  };
}

/** Conversations that were purged, some of them to be entered again in the same run of the self log. */
const begunAnew = (change: Change, { gone, heads }: Committed): readonly ConversationId[] =>
  change.kind === 'self-run' ? [...gone, ...heads.filter(({ watermark }) => watermark === 0).map(({ id }) => id)] : gone;

const isCrash = (error: unknown): boolean => {
  for (let one = error; one instanceof Error; one = 'inner' in one ? one.inner : one.cause)
    if (one instanceof Crash || one.name === 'Crash') return true;
  return false;
};

/** One lock, and word between tabs. Who holds it leads; a stolen one is not told. */
function createTabLock(time: VirtualTime) {
  type Waiter = { tab: Tab; handlers: Parameters<Leadership['start']>[0] };
  let waiters: Waiter[] = [];
  let holder: Tab | undefined;
  const give = () => {
    if (holder) return;
    const [next] = waiters;
    if (!next) return;
    holder = next.tab;
    next.tab.isLeading = true;
    next.handlers.lead();
  };
  const drop = (tab: Tab) => {
    tab.isLeading = false;
    if (holder === tab) holder = undefined;
  };
  return {
    clear: () => {
      waiters = [];
      holder = undefined;
    },
    gone: (tab: Tab) => {
      waiters = waiters.filter((one) => one.tab !== tab);
      drop(tab);
      time.after(10, 'lock', give);
    },
    steal: (tab: Tab) => {
      const waiter = waiters.find((one) => one.tab === tab);
      if (!waiter) return;
      if (holder) holder.isLeading = false;
      holder = tab;
      tab.isLeading = true;
      waiter.handlers.lead();
    },
    leadershipFor: (tab: Tab): Leadership => ({
      start: (handlers) => {
        waiters.push({ tab, handlers });
        time.after(1, 'lock', give);
      },
      yield: () => {
        drop(tab);
        waiters = [...waiters.filter((one) => one.tab !== tab), ...waiters.filter((one) => one.tab === tab)];
        time.after(50, 'lock', give);
      },
      say: (message) => {
        for (const { tab: other, handlers } of waiters) {
          if (other !== tab)
            time.after(1, 'tabs', () => void (!other.isDead && handlers.heard(JSON.parse(JSON.stringify(message)))));
        }
      },
      stop: () => undefined,
    }),
  };
}

export const conversationIds = (device: SimDevice): Promise<readonly ConversationId[]> =>
  device.read(async (tx) => (await tx.conversations.all()).map(({ id }) => id));
