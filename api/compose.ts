import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CHAIN_START, type DeviceId, type UserId, limits, selfLog } from '#sync-protocol';
import { createLocalBus, type LocalBus } from './bus/local.ts';
import { createAccounts } from './core/accounts.ts';
import { createDirectory } from './core/accounts-directory.ts';
import type { AccountStore, PhoneNumbers, Secrets, SmsGateway } from './core/accounts-ports.ts';
import { createStoreHealth } from './core/health.ts';
import { roomsOf } from './core/live.ts';
import type { Log } from './core/log.ts';
import { createLogParts } from './core/log-parts.ts';
import type { Clock, Directory, EventLog, Hashes, People, Receipts, ReportBug } from './core/ports.ts';
import { createProfiles } from './core/profiles.ts';
import { createReader } from './core/reader.ts';
import { createReceiptKeeper } from './core/receipt-keeper.ts';
import { createRoots } from './core/roots.ts';
import { createRows } from './core/rows.ts';
import { createSessions, type Sessions } from './core/sessions.ts';
import { createSync } from './core/sync.ts';
import { createSyncReader } from './core/sync-reader.ts';
import { createWindows } from './core/windows.ts';
import { createWriter } from './core/writer.ts';
import { createHashes } from './gateways/hashes.ts';
import { createApp } from './http/app.ts';
import { type Auth, createAuth } from './http/auth.ts';
import { createOpDoor } from './http/op-door.ts';
import { createOriginCheck } from './http/origin.ts';
import type { Pace } from './http/route.ts';
import { createContactHandlers } from './http/routes/contacts.ts';
import { createConversationHandlers } from './http/routes/conversations.ts';
import { createDeviceHandlers } from './http/routes/devices.ts';
import { createMessageHandlers } from './http/routes/messages.ts';
import { createSignInHandlers } from './http/routes/sign-in.ts';
import { createStatusHandlers } from './http/routes/status.ts';
import { createUserHandlers } from './http/routes/users.ts';
import { addressKey } from './limits/address.ts';
import { createMemoryLimit } from './limits/memory-limit.ts';
import { createGateway, type Gateway } from './realtime/gateway.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** How many requests of each kind a minute. */
export const pacesPerMinute: Readonly<Record<Pace, number>> = { 'sign-in': 120, read: 3_000, write: 1_800 };
/** What one socket may say: as much as fast hands on a phone that was away, and no more. */
const framesPerSocket = { max: 300, ms: 10 * secondMs };
const probeEveryMs = 2 * secondMs;
/** Requests in flight have this long to finish; goodbyes this long to leave. */
const finishMsMax = 5 * secondMs;
const goodbyeMs = 300;

/** The world a server runs in. */
export type Adapters = {
  readonly eventLog: EventLog;
  readonly receipts: Receipts;
  readonly accounts: AccountStore;
  readonly sms: SmsGateway;
  readonly phones: PhoneNumbers;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
};
export type ServerOptions = {
  readonly serverId: string;
  readonly origins: readonly string[];
  readonly trustProxy: readonly string[];
  readonly appFolder: string;
  readonly codesPerAddressHour: number;
  readonly codesPerHour: number;
  readonly syncEverySeconds: number;
  readonly paces?: Readonly<Record<Pace, number>>;
  readonly heartbeatMs?: number;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
};

export interface ChatterServer {
  /** Resolves to the port. */
  listen(at: { readonly port: number; readonly host: string }): Promise<number>;
  /** Takes nothing new, says goodbye, finishes what is in flight. */
  stop(): Promise<void>;
}

export async function createServer(adapters: Adapters, options: ServerOptions): Promise<ChatterServer> {
  const { log } = adapters;
  const parts = await createParts(adapters, options);
  const { auth, state, handlers } = parts;
  const app = createApp({ ...options, handlers, auth, paces: createPaces(options.paces ?? pacesPerMinute), addressKey, log });
  const server = options.tls ? createTlsServer(options.tls, app) : createPlainServer(app);
  bound(server);
  const gateway = createLive(server, { ...parts, log, heartbeatMs: options.heartbeatMs ?? limits.heartbeatMs });
  const probing = setInterval(() => void parts.health.probe(adapters.accounts), probeEveryMs);

  return {
    listen: ({ port, host }) => listen(server, port, host),
    stop: async () => {
      state.stopping = true;
      clearInterval(probing);
      await close(server, gateway);
    },
  };
}

/** Everything behind the doors: what answers each route, and what the sockets need. */
export async function createParts(adapters: Adapters, options: ServerOptions) {
  const { sms, phones, secrets, clock, log } = adapters;
  const state = { stopping: false };
  const health = createStoreHealth();
  const eventLog = health.watchLog(adapters.eventLog);
  const store = health.watchAccounts(adapters.accounts);
  const { storeEpoch, opHashKey } = await eventLog.meta();
  const reportBug: ReportBug = (error) => log.error('a mistake of ours was answered with "internal"', error);
  const bus = createLocalBus(reportBug);
  const sessions = createSessions({ store, secrets, clock });
  const profiles = createProfiles({ store, log: eventLog });
  const directory = createDirectory({ store, phones, secrets, clock });
  const hashes = createHashes(opHashKey);
  const world = {
    log: eventLog,
    receipts: adapters.receipts,
    clock,
    hashes,
    bus,
    reportBug,
    directory,
    people: profiles,
    storeEpoch,
  };
  const core = createCore({ ...world, syncEverySeconds: options.syncEverySeconds });
  await core.writer.repair();

  const rates = { codesPerAddress: hourly(options.codesPerAddressHour), codesInAll: hourly(options.codesPerHour) };
  const accounts = createAccounts({ store, sessions, phones, sms, secrets, clock, ...rates });
  const auth = createAuth({ sessions, isOurs: createOriginCheck(options.origins) });
  const { reader, sync } = core;
  const { doOp, mint } = createOpDoor({ sync, secrets, clock });
  const healthNow = () => ({ ok: !state.stopping && health.state() === 'ok', store: health.state(), stopping: state.stopping });
  const handlers = {
    ...createStatusHandlers({ serverId: options.serverId, health: healthNow }),
    ...createSignInHandlers({ accounts, profiles, sessions, auth }),
    ...createDeviceHandlers({ sessions }),
    ...createUserHandlers({ profiles, doOp }),
    ...createContactHandlers({ reader, people: profiles, doOp }),
    ...createConversationHandlers({ reader, doOp }),
    ...createMessageHandlers({ reader, sync, doOp, mint, hashes }),
  };
  return { state, health, eventLog, storeEpoch, bus, sessions, core, auth, handlers };
}

type CoreWorld = {
  readonly log: EventLog;
  readonly receipts: Receipts;
  readonly clock: Clock;
  readonly hashes: Hashes;
  readonly bus: LocalBus;
  readonly reportBug: ReportBug;
  readonly directory: Directory;
  readonly people: People;
  readonly storeEpoch: string;
  readonly syncEverySeconds: number;
};

/** What decides and what reads, over one log. */
function createCore(world: CoreWorld) {
  const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  const receiptKeeper = createReceiptKeeper(world);
  const writer = createWriter({ ...world, receiptKeeper, pause, random: Math.random });
  const roots = createRoots(world);
  const rows = createRows(world);
  const windows = createWindows({ ...world, rows });
  const read = createSyncReader({ ...world, roots, rows, windows, logParts: createLogParts({ ...world, windows }) });
  const reader = createReader({ ...world, roots, rows });
  return { writer, roots, reader, sync: createSync({ ...world, writer, read, receiptKeeper }) };
}

type LiveDeps = {
  readonly auth: Auth;
  readonly sessions: Sessions;
  readonly core: ReturnType<typeof createCore>;
  readonly eventLog: EventLog;
  readonly storeEpoch: string;
  readonly log: Log;
  readonly bus: LocalBus;
  readonly heartbeatMs: number;
};

function createLive(server: Server, deps: LiveDeps): Gateway {
  const { auth, sessions, core, eventLog, storeEpoch, log, bus, heartbeatMs } = deps;
  const { roots, sync } = core;
  async function standingOf(user: UserId) {
    const [root, record] = await Promise.all([roots.of(user), eventLog.record(selfLog(user))]);
    return { storeEpoch, root, self: { head: record?.head ?? 0, chain: record?.chain ?? CHAIN_START } };
  }
  const gateway = createGateway(server, {
    checkHandshake: auth.checkHandshake,
    callerOf: auth.callerOf,
    sessionState: sessions.stillLive,
    connect: roots.connect,
    hear: roots.hear,
    onHealed: roots.forgetAll,
    roomsOf: (user) => roomsOf(eventLog, user),
    standingOf,
    takeOps: sync.ops,
    takeReceived: sync.received,
    pace: createMemoryLimit(framesPerSocket),
    heartbeatMs,
    log,
  });
  bus.onNews(gateway.carryOut);
  sessions.onEnded(({ device, endedAs }) => gateway.closeDevice(device satisfies DeviceId, endedAs));
  return gateway;
}

const hourly = (max: number) => createMemoryLimit({ max, ms: 60 * minuteMs });

function createPaces(paces: Readonly<Record<Pace, number>>) {
  const perMinute = (max: number) => createMemoryLimit({ max, ms: minuteMs });
  return { 'sign-in': perMinute(paces['sign-in']), read: perMinute(paces.read), write: perMinute(paces.write) };
}

/** A client that is slow on purpose holds a connection no longer than this. */
function bound(server: Server): void {
  server.headersTimeout = 10 * secondMs;
  server.requestTimeout = 30 * secondMs;
  server.keepAliveTimeout = 65 * secondMs;
  server.maxHeadersCount = 100;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** No new connections, goodbye to those that stay open, and time for what is in flight. [LV-6] */
async function close(server: Server, gateway: Gateway): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  gateway.sayGoodbye();
  server.closeIdleConnections();
  await new Promise((resolve) => void setTimeout(resolve, goodbyeMs));
  await gateway.close();
  const impatient = setTimeout(() => server.closeAllConnections(), finishMsMax);
  await closed;
  clearTimeout(impatient);
}
