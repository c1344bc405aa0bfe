import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { CHAIN_START, type DeviceId, type UserId, limits, selfLog } from '#sync-protocol';
import { createLocalBus, type LocalBus } from './bus/local.ts';
import { createAccounts } from './core/accounts.ts';
import { createCodeWatch } from './core/code-watch.ts';
import { createCodes } from './core/codes.ts';
import { createCore, type Core } from './core/core.ts';
import { createDirectory } from './core/accounts-directory.ts';
import type { AccountStore, PhoneNumbers, RateLimit, Secrets, SmsGateway } from './core/accounts-ports.ts';
import { createStoreHealth } from './core/health.ts';
import type { Log } from './core/log.ts';
import type { Clock, EventLog, Receipts, ReportBug } from './core/ports.ts';
import { createLinking } from './core/linking.ts';
import type { DeviceLinkStore } from './core/linking-ports.ts';
import { createNumbers } from './core/numbers.ts';
import { createPasskeys } from './core/passkeys.ts';
import type { PasskeyStore } from './core/passkeys-ports.ts';
import { createPins } from './core/pins.ts';
import { createProfiles } from './core/profiles.ts';
import { createSessions, type Sessions } from './core/sessions.ts';
import { createHashes } from './gateways/hashes.ts';
import { createPasskeyProofs } from './gateways/passkey-proofs.ts';
import { createApp } from './http/app.ts';
import { type Auth, createAuth } from './http/auth.ts';
import { boundRequests, capConnections, checkEveryMs, patience, type Patience } from './http/connections.ts';
import { createKeptAnswers } from './http/kept-answers.ts';
import { createOpDoor } from './http/op-door.ts';
import { openApiDocument } from './http/openapi.ts';
import { createOriginCheck } from './http/origin.ts';
import type { Pace } from './http/route.ts';
import { createContactHandlers } from './http/routes/contacts.ts';
import { createConversationHandlers } from './http/routes/conversations.ts';
import { createDeviceHandlers } from './http/routes/devices.ts';
import { createDocsHandlers } from './http/routes/docs.ts';
import { createLinkingHandlers } from './http/routes/linking.ts';
import { createMessageHandlers } from './http/routes/messages.ts';
import { createNumberHandlers } from './http/routes/number.ts';
import { createPasskeyHandlers } from './http/routes/passkeys.ts';
import { createPinHandlers } from './http/routes/pin.ts';
import { createSignInHandlers } from './http/routes/sign-in.ts';
import { createStatusHandlers } from './http/routes/status.ts';
import { createUserHandlers } from './http/routes/users.ts';
import { createHandOver } from './http/signed-in.ts';
import { addressKey } from './limits/address.ts';
import { admitted, createAdmission } from './limits/admission.ts';
import { createMeters, type Meters } from './metrics/meters.ts';
import { createMemoryLimit } from './limits/memory-limit.ts';
import { createGateway, type Gateway } from './realtime/gateway.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** How many requests of each kind a minute. */
export const pacesPerMinute: Readonly<Record<Pace, number>> = { 'sign-in': 120, read: 3_000, write: 1_800 };
/** What one socket may say in ten seconds: as much as fast hands on a phone that was away, and no more. */
const framesPerSocketMax = 300;
/** A household, an office or a campus behind one address, each with a few tabs; and not one machine that wants them all. */
const connectionsPerAddressMax = 2_000;
/** A screen that shows a code makes a new one every two minutes: a few of them, in a household or an office. */
const linksPerAddressHour = 200;
/** Whoever types is wrong a few times. What is scanned is not counted: it cannot be guessed. [AC-24] */
const shortCodeGuesses = { max: 10, ms: 10 * minuteMs };
const probeEveryMs = 2 * secondMs;
/** Consequences in self logs that a passing fault left undone are looked for this often. [RL-2] */
const repairEveryMs = 15 * secondMs;
/** Requests in flight have this long to finish; goodbyes this long to leave. */
const finishMsMax = 5 * secondMs;
const goodbyeMs = 300;
/** Kept-alive connections that have fallen idle meanwhile are closed this often. */
const sweepMs = 100;

/** The world a server runs in. */
export type Adapters = {
  readonly eventLog: EventLog;
  readonly receipts: Receipts;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly deviceLinks: DeviceLinkStore;
  readonly sms: SmsGateway;
  readonly phones: PhoneNumbers;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters?: Meters;
};
export type ServerOptions = {
  readonly serverId: string;
  readonly origins: readonly string[];
  readonly trustProxy: readonly string[];
  readonly appFolder: string;
  readonly isWorkerRetired?: boolean;
  readonly codesPerAddressHour: number;
  readonly codesPerBlockHour: number;
  readonly codesPerHour: number;
  /** ISO 3166 alpha-2; none is everywhere. */
  readonly smsCountries: readonly string[];
  readonly syncEverySeconds: number;
  readonly paces?: Readonly<Record<Pace, number>>;
  readonly framesPerSocketTenSeconds?: number | undefined;
  readonly linksPerAddressHour?: number;
  readonly connectionsPerAddress?: number | undefined;
  readonly patience?: Patience;
  readonly heartbeatMs?: number;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  /** Whoever brings it may read what is measured. */
  readonly metricsToken?: string | undefined;
};

export interface ChatterServer {
  /** Resolves to the port. */
  listen(at: { readonly port: number; readonly host: string }): Promise<number>;
  /** New handshakes use it; connections that are open keep theirs. Throws when key and certificate make no pair. */
  renewTls(tls: NonNullable<ServerOptions['tls']>): void;
  /** Takes nothing new, says goodbye, finishes what is in flight. */
  stop(): Promise<void>;
}

export async function createServer(adapters: Adapters, options: ServerOptions): Promise<ChatterServer> {
  const { log, meters = createMeters() } = adapters;
  const parts = await createParts({ ...adapters, meters }, options);
  const { auth, state, handlers, admission } = parts;
  const app = createApp({
    ...options,
    handlers,
    auth,
    admission,
    paces: createPaces(options.paces ?? pacesPerMinute),
    addressKey,
    keptAnswers: createKeptAnswers(adapters.clock),
    log,
    onAnswered: meters.answered,
    figures: options.metricsToken === undefined ? undefined : { token: options.metricsToken, text: meters.text },
  });
  const bounds = options.patience ?? patience;
  const settings = { connectionsCheckingInterval: checkEveryMs(bounds) };
  const server = options.tls ? createTlsServer({ ...options.tls, ...settings }, app) : createPlainServer(settings, app);
  boundRequests(server, bounds);
  const isTrusted = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  const max = options.connectionsPerAddress ?? connectionsPerAddressMax;
  capConnections(server, { max, addressKey, isProxy: (address) => isTrusted(address, 0) });
  const connections = connectionsOf(server);
  const gateway = createLive(server, {
    ...parts,
    log,
    heartbeatMs: options.heartbeatMs ?? limits.heartbeatMs,
    introductionMs: bounds.headersMs,
    framesPerSocket: createMemoryLimit({ max: options.framesPerSocketTenSeconds ?? framesPerSocketMax, ms: 10 * secondMs }),
  });
  const probing = setInterval(() => void parts.health.probe(adapters.accounts), probeEveryMs);
  const repairing = setInterval(() => void parts.repair().catch(parts.reportBug), repairEveryMs);

  return {
    listen: ({ port, host }) => listen(server, port, host),
    renewTls: (tls) => server instanceof TlsServer && server.setSecureContext(tls),
    stop: async () => {
      state.stopping = true;
      clearInterval(probing);
      clearInterval(repairing);
      await close(server, gateway, connections);
    },
  };
}

/** Everything behind the doors: what answers each route, and what the sockets need. */
export async function createParts(adapters: Adapters, options: ServerOptions) {
  const { sms, phones, secrets, clock, log, meters = createMeters() } = adapters;
  const { serverId } = options;
  const state = { stopping: false };
  const health = createStoreHealth();
  const eventLog = meters.watchLog(health.watchLog(adapters.eventLog));
  const store = health.watchAccounts(adapters.accounts);
  const { storeEpoch, opHashKey } = await eventLog.meta();
  const reportBug: ReportBug = (error) => log.error('a mistake of ours was answered with "internal"', error);
  const bus = createLocalBus(reportBug);
  const sessions = createSessions({ store, secrets, clock, log });
  const profiles = createProfiles({ store, log: eventLog });
  const directory = createDirectory({ store, phones, secrets, clock });
  const hashes = createHashes(opHashKey);
  const plainCore = createCore({
    log: eventLog,
    receipts: adapters.receipts,
    clock,
    hashes,
    bus,
    reportBug,
    directory,
    people: profiles,
    storeEpoch,
    syncEverySeconds: options.syncEverySeconds,
    pause: (ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
    random: Math.random,
  });
  const watched = meters.watchCore(plainCore);
  const admission = createAdmission(() => performance.now());
  const core = { ...watched, sync: admitted(watched.sync, admission) };
  await core.writer.repair();

  const watch = createCodeWatch({ clock, log, counts: meters.codes });
  const codes = createCodes({ store, phones, sms, secrets, clock, watch, ...codeBounds(options) });
  const pins = createPins({ store, secrets, clock });
  const accounts = createAccounts({ store, codes, pins, sessions, secrets, clock });
  const waysIn = { accounts: store, sessions, secrets, clock, log };
  const passkeys = createPasskeys({ ...waysIn, store: adapters.passkeys, proofs: createPasskeyProofs() });
  const linking = createLinking({
    ...waysIn,
    store: adapters.deviceLinks,
    linksPerAddress: hourly(options.linksPerAddressHour ?? linksPerAddressHour),
    guessesPerPerson: createMemoryLimit(shortCodeGuesses),
  });
  const isOurs = createOriginCheck(options.origins);
  const auth = createAuth({ sessions, isOurs });
  const handOver = createHandOver({ profiles, auth });
  const { reader, sync } = core;
  const { doOp, mint } = createOpDoor({ sync, secrets, clock });
  // A profile that changed in nothing else: the person's devices hear of it and ask for it anew.
  const tell = (user: UserId) => doOp({ user, device: serverId }, { type: 'profile', log: selfLog(user), payload: {} });
  const numbers = createNumbers({ store, codes, pins, tell, reportBug });
  await numbers.repair();
  const healthNow = () => ({ ok: !state.stopping && health.state() === 'ok', store: health.state(), stopping: state.stopping });
  const handlers = {
    ...createStatusHandlers({ serverId, health: healthNow }),
    ...createSignInHandlers({ accounts, sessions, handOver }),
    ...createPasskeyHandlers({ passkeys, profiles, handOver, isOurs }),
    ...createLinkingHandlers({ linking, profiles, handOver }),
    ...createDeviceHandlers({ sessions }),
    ...createPinHandlers({ pins }),
    ...createNumberHandlers({ numbers, profiles }),
    ...createUserHandlers({ profiles, doOp }),
    ...createContactHandlers({ reader, people: profiles, doOp }),
    ...createConversationHandlers({ reader, doOp }),
    ...createMessageHandlers({ reader, sync, doOp, mint, hashes }),
    ...createDocsHandlers({ document: openApiDocument }),
  };
  const repair = () => Promise.all([core.writer.repair(), numbers.repair()]);
  return { state, reportBug, health, eventLog, storeEpoch, bus, sessions, core, auth, handlers, repair, admission };
}

/** What text messages may cost. [AC-2] */
const codeBounds = (options: ServerOptions) => ({
  codesPerAddress: hourly(options.codesPerAddressHour),
  codesPerBlock: hourly(options.codesPerBlockHour),
  codesInAll: hourly(options.codesPerHour),
  countries: options.smsCountries,
});

type LiveDeps = {
  readonly auth: Auth;
  readonly sessions: Sessions;
  readonly core: Core;
  readonly eventLog: EventLog;
  readonly storeEpoch: string;
  readonly log: Log;
  readonly bus: LocalBus;
  readonly heartbeatMs: number;
  readonly introductionMs: number;
  readonly framesPerSocket: RateLimit;
};

function createLive(server: Server, deps: LiveDeps): Gateway {
  const { auth, sessions, core, eventLog, storeEpoch, log, bus, heartbeatMs, introductionMs, framesPerSocket } = deps;
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
    roomsOf: core.rooms,
    standingOf,
    takeOps: sync.ops,
    takeReceived: sync.received,
    pace: framesPerSocket,
    heartbeatMs,
    introductionMs,
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

/**
 * Connections that wait to be taken while the process is busy; the kernel may allow fewer (net.core.somaxconn). Of those that find
 * the line full, some are reset and some try again after 1, 3 and 7 seconds: Node's 511 are soon there when a crowd comes back.
 */
const backlogMax = 4_096;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: backlogMax }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * No new connections, goodbye to those that stay open, and time for what is in flight. What has not ended by then is cut: a
 * connection that went silent would wait for an answer that never comes. [LV-6]
 */
async function close(server: Server, gateway: Gateway, connections: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const impatient = setTimeout(() => connections.forEach((connection) => connection.destroy()), finishMsMax);
  const sweeping = setInterval(() => server.closeIdleConnections(), sweepMs);
  gateway.sayGoodbye();
  await new Promise((resolve) => void setTimeout(resolve, goodbyeMs));
  await Promise.all([gateway.close(), closed]);
  clearTimeout(impatient);
  clearInterval(sweeping);
}

/** Every connection that is open, upgraded ones too, which the server itself no longer knows. */
function connectionsOf(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  return connections;
}
