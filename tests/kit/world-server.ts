/** The server's side of a simulated world: one store, one or two servers over it, and what becomes of both. */
import {
  registerKeys,
  selfLog,
  type Answer,
  type HistoryPage,
  type LogId,
  type SyncRequest,
  type SyncResponse,
  type UserId,
} from '#sync-protocol';
import { aTime } from '#sync-protocol/testing';
import { createCore, type Core } from '../../api/core/core.ts';
import { createProfiles } from '../../api/core/profiles.ts';
import type { AccountStore } from '../../api/core/accounts-ports.ts';
import type { EventLog, LiveStep, NewEvent, News, StoredEvent } from '../../api/core/ports.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { createMemoryReceipts } from '../../api/store/memory/receipts.ts';
import type { VirtualTime } from './clock.ts';
import { testHashes } from './core-world.ts';
import { createFaultyEventLog, InjectedFault, type Fault } from './faulty-event-log.ts';
import type { Random } from './random.ts';

/** Where a server's socket ends, for the network to carry on. */
export type ServerSocket = {
  readonly user: UserId;
  readonly rooms: Set<string>;
  send(down: unknown): void;
  close(): void;
};

export type SimServer = {
  readonly core: Core;
  readonly sockets: Set<ServerSocket>;
  isDead: boolean;
  leave: Map<ServerSocket, () => void>;
};

type Deps = {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly count: (what: string) => void;
  readonly servers: number;
  readonly people: ReadonlySet<UserId>;
  /** How often what goes wrong, from the first start on. */
  readonly faults: ServerFaults;
};

export type ServerFaults = { crashAtWrite: number; slowStore: number; busLoss: number };

const never = <T>(): Promise<T> => new Promise<T>(() => {});

export type ServerSide = ReturnType<typeof createServerSide>;

export function createServerSide({ time, random, count, servers: serverCount, people, faults }: Deps) {
  let storeEpoch = 'epoch-0';
  let epochs = 0;
  const storeTime = () => aTime(0) + time.now();
  let disk = createDisk(storeTime, storeEpoch);
  const receipts = createMemoryReceipts();
  const bugs: unknown[] = [];
  const servers: SimServer[] = [];
  let pushLoss = 0;

  /** A server that hears everything told by the others, unless the bus loses it. */
  function start(i: number): void {
    const server: SimServer = { core: undefined as unknown as Core, sockets: new Set(), isDead: false, leave: new Map() };
    const log = guard(planFault(disk.log, server, i), server);
    const core = createCore({
      log,
      receipts,
      directory: {
        existing: async (users) => new Set(users.filter((user) => people.has(user))),
        byPhone: async () => undefined,
      },
      people: createProfiles({ store: everybodyIn(people), log }),
      bus: { tell: (news) => tell(server, news) },
      hashes: testHashes,
      clock: { now: storeTime },
      pause: (ms) => time.sleep(ms, 'pause'),
      random: random.next,
      // A process that was killed has no bugs.
      reportBug: (error) => void (error instanceof InjectedFault || bugs.push(error)),
      storeEpoch,
      syncEverySeconds: 60,
    });
    Object.assign(server, { core });
    servers[i] = server;
    void core.writer.repair().catch(() => undefined);
  }
  /** Sometimes this incarnation dies at one of its next writes, on one side of it or the other. */
  function planFault(inner: EventLog, server: SimServer, i: number): EventLog {
    if (!random.chance(faults.crashAtWrite)) return inner;
    const fault: Fault = random.pick(['crash-before', 'crash-after', 'throw-before', 'throw-after']);
    const faulty = createFaultyEventLog(inner, { at: 1 + random.below(30), fault });
    const watch = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (faulty.hasCrashed() && !server.isDead) {
          count('server crashed in a write');
          crash(i);
        } else count('store failed');
        throw error;
      }
    };
    return {
      ...faulty,
      append: (...given) => watch(faulty.append(...given)),
      markRelayed: (...given) => watch(faulty.markRelayed(...given)),
    };
  }
  /** Nothing runs in a dead process. */
  const guard = (log: EventLog, server: SimServer): EventLog =>
    Object.fromEntries(
      Object.entries(log).map(([name, method]) => [
        name,
        async (...given: never[]) => {
          if (server.isDead) return never();
          if (random.chance(faults.slowStore)) await time.sleep(random.below(30), 'store');
          if (server.isDead) return never();
          const result: unknown = await (method as (...given: never[]) => Promise<unknown>)(...given);
          return server.isDead ? never() : result;
        },
      ]),
    ) as unknown as EventLog;

  function crash(i: number): void {
    const server = servers[i]!;
    if (server.isDead) return;
    server.isDead = true;
    for (const socket of server.sockets) socket.close();
    time.after(200 + random.below(3_000), 'server back', () => start(i));
  }
  function tell(from: SimServer, news: News): void {
    for (const server of servers) {
      if (server === from) carryOut(server, news);
      else if (random.chance(faults.busLoss)) count('bus lost news');
      else time.after(random.below(20), 'bus', () => carryOut(server, news));
    }
  }
  function carryOut(server: SimServer, news: News): void {
    if (server.isDead) return;
    const here = new Set(
      [...server.sockets].filter(({ rooms }) => news.steps.some((step) => touches(step, rooms))).map(({ user }) => user),
    );
    server.core.roots.hear(news, here);
    for (const step of news.steps) {
      if (step.kind === 'move') move(server, step);
      else for (const socket of server.sockets) if (touches(step, socket.rooms)) push(socket, step.down);
    }
  }
  const push = (socket: ServerSocket, down: unknown) => {
    if (random.chance(pushLoss)) count('push lost');
    else socket.send(down);
  };
  async function greet(server: SimServer, socket: ServerSocket): Promise<void> {
    for (const room of await server.core.rooms(socket.user)) socket.rooms.add(room);
    socket.send({ type: 'ready', ...(await standing(server, socket.user)) });
    beat(server, socket);
  }
  function beat(server: SimServer, socket: ServerSocket): void {
    time.after(20_000, 'beat', () => {
      if (server.isDead || !server.sockets.has(socket)) return;
      // What the poll of a real server does: roots at hand and rooms are derived from the store again.
      server.core.roots.forgetAll();
      void Promise.all([standing(server, socket.user), server.core.rooms(socket.user)]).then(([at, rooms]) => {
        socket.rooms.clear();
        for (const room of rooms) socket.rooms.add(room);
        socket.send({ type: 'heartbeat', ...at });
      });
      beat(server, socket);
    });
  }
  async function standing(server: SimServer, user: UserId) {
    const record = await disk.log.record(selfLog(user));
    const self = { head: record?.head ?? 0, chain: record?.chain ?? '0000000000000000' };
    return { storeEpoch, root: await server.core.roots.of(user), self };
  }
  for (let i = 0; i < serverCount; i++) start(i);
  const alive = (): SimServer | undefined => {
    const up = servers.filter(({ isDead }) => !isDead);
    return up.length > 0 ? random.pick(up) : undefined;
  };
  return {
    faults,
    bugs,
    setPushLoss: (loss: number) => {
      pushLoss = loss;
    },
    alive,
    crash: () => {
      const i = random.below(servers.length);
      if (!servers[i]!.isDead) count('server crashed');
      crash(i);
    },
    connect: (server: SimServer, socket: ServerSocket) => {
      server.sockets.add(socket);
      server.leave.set(socket, server.core.roots.connect(socket.user));
      void greet(server, socket).catch(() => socket.close());
    },
    disconnect: (server: SimServer, socket: ServerSocket) => {
      server.sockets.delete(socket);
      server.leave.get(socket)?.();
      server.leave.delete(socket);
    },
    sync: async ({ core }: SimServer, user: UserId, request: SyncRequest): Promise<SyncResponse> => {
      const response = await core.sync.sync({ user, device: 'd' }, request);
      if ('refusal' in response) throw new Error(response.refusal);
      return response;
    },
    ops: ({ core }: SimServer, user: UserId, epoch: string, ops: readonly unknown[]): Promise<readonly Answer[]> =>
      core.sync.ops({ user, device: 'd' }, epoch, ops),
    history: (
      { core }: SimServer,
      user: UserId,
      conversation: Parameters<Core['reader']['history']>[1],
      query: { from: number; to: number; atLeast: number },
    ): Promise<HistoryPage> => core.reader.history(user, conversation, query),
    rows: async (user: UserId) => (await servers.find(({ isDead }) => !isDead)!.core.reader.conversations(user)).rows,
    repairAll: () => Promise.all(servers.filter(({ isDead }) => !isDead).map(({ core }) => core.writer.repair())),
    /** The store goes back to an earlier day: with another epoch, as a restore should, or without, as a mistake would. */
    restore: (keep: number, isAnnounced: boolean) => {
      if (isAnnounced) storeEpoch = `epoch-${++epochs}`;
      disk = createDisk(storeTime, storeEpoch, disk.writes.slice(0, keep));
      servers.forEach((_, i) => {
        servers[i]!.isDead = true;
        for (const socket of servers[i]!.sockets) socket.close();
        start(i);
      });
      return disk.ready;
    },
    writes: () => disk.writes.length,
    /** What is stored, as it was written: later deletes do not blank it. */
    events: (log: LogId): readonly StoredEvent[] => disk.eventsOf(log),
    logs: () => disk.logs(),
    store: () => disk.log,
    readMarker: async (user: UserId, conversation: Parameters<typeof registerKeys.read>[0]) =>
      disk.log.register(user, registerKeys.read(conversation)),
  };
}

function touches(step: LiveStep, rooms: ReadonlySet<string>): boolean {
  if (step.kind === 'move') return [...rooms].some((room) => room.startsWith(`c:${step.conversation}:`));
  return step.kind === 'deliver' ? rooms.has(step.room) : step.rooms.some((room) => rooms.has(room));
}

/** Who added whom found them by their number, so that some hold numbers. */
function everybodyIn(people: ReadonlySet<UserId>): Pick<AccountStore, 'account' | 'accounts' | 'foundByNumber'> {
  const accountOf = (user: UserId) => ({ user, name: `P${user.slice(-2)}`, phone: `+41${user.slice(-2)}`, signedUpAt: aTime(0) });
  return {
    account: async (user) => (people.has(user) ? accountOf(user) : undefined),
    accounts: async (users) => users.filter((user) => people.has(user)).map(accountOf),
    foundByNumber: async (_, others) => new Set(others),
  };
}

/** The room of the new epoch holds exactly these people's sockets, those of older epochs nobody. */
function move(server: SimServer, { conversation, roomEpoch, members }: LiveStep & { kind: 'move' }): void {
  const present = new Set<string>(members);
  for (const socket of server.sockets) {
    for (const room of socket.rooms) if (room.startsWith(`c:${conversation}:`)) socket.rooms.delete(room);
    if (present.has(socket.user)) socket.rooms.add(`c:${conversation}:${roomEpoch}`);
  }
}

type Write =
  | { readonly kind: 'append'; readonly log: LogId; readonly after: number; readonly events: readonly NewEvent[] }
  | { readonly kind: 'relayed'; readonly log: LogId; readonly seq: number };

/** A store that remembers its writes, so that it can be put back, and every payload as it was first written. */
export function createDisk(now: () => number, storeEpoch: string, earlier: readonly Write[] = []) {
  const log = createMemoryEventLog({ clock: { now }, storeEpoch });
  const writes: Write[] = [];
  const events = new Map<LogId, StoredEvent[]>();
  const recording: EventLog = {
    ...log,
    append: async (name, after, made) => {
      const stored = await log.append(name, after, made);
      const kept = made.slice(0, stored);
      writes.push({ kind: 'append', log: name, after, events: kept });
      if (kept.length > 0) events.set(name, [...(events.get(name) ?? []).slice(0, after), ...kept.map(({ event }) => event)]);
      return stored;
    },
    markRelayed: async (name, seq) => {
      writes.push({ kind: 'relayed', log: name, seq });
      await log.markRelayed(name, seq);
    },
  };
  const replay = async () => {
    for (const write of earlier) {
      if (write.kind === 'append') await recording.append(write.log, write.after, write.events);
      else await recording.markRelayed(write.log, write.seq);
    }
  };
  const ready = replay();
  return { log: recording, writes, eventsOf: (name: LogId) => events.get(name) ?? [], logs: () => [...events.keys()], ready };
}
