import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAccounts } from './core/accounts.ts';
import type { AccountStore, PhoneNumbers, Secrets, SmsGateway } from './core/accounts-ports.ts';
import { createStoreHealth } from './core/health.ts';
import type { Log } from './core/log.ts';
import type { Clock, EventLog } from './core/ports.ts';
import { createProfiles } from './core/profiles.ts';
import { createSessions } from './core/sessions.ts';
import { createApp } from './http/app.ts';
import { createAuth } from './http/auth.ts';
import { createOriginCheck } from './http/origin.ts';
import type { Pace } from './http/route.ts';
import { createDeviceHandlers } from './http/routes/devices.ts';
import { createSignInHandlers } from './http/routes/sign-in.ts';
import { createStatusHandlers } from './http/routes/status.ts';
import { createUserHandlers } from './http/routes/users.ts';
import { addressKey } from './limits/address.ts';
import { createMemoryLimit } from './limits/memory-limit.ts';

const minuteMs = 60_000;

/** How many requests of each kind a minute. */
export const pacesPerMinute: Readonly<Record<Pace, number>> = { 'sign-in': 120, read: 3_000, write: 1_800 };

/** The world a server runs in. */
export type Adapters = {
  readonly eventLog: EventLog;
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
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
};

export interface ChatterServer {
  /** Resolves to the port. */
  listen(at: { readonly port: number; readonly host: string }): Promise<number>;
  /** Finishes what is in flight, then takes no more. */
  stop(): Promise<void>;
}

export async function createServer(adapters: Adapters, options: ServerOptions): Promise<ChatterServer> {
  const { sms, phones, secrets, clock, log } = adapters;
  const health = createStoreHealth();
  const eventLog = health.watchLog(adapters.eventLog);
  const store = health.watchAccounts(adapters.accounts);
  const sessions = createSessions({ store, secrets, clock });
  const profiles = createProfiles({ store, log: eventLog, clock });
  const codesPerAddress = hourly(options.codesPerAddressHour);
  const codesInAll = hourly(options.codesPerHour);
  const accounts = createAccounts({ store, sessions, phones, sms, secrets, clock, codesPerAddress, codesInAll });
  const auth = createAuth({ sessions, isOurs: createOriginCheck(options.origins) });
  let stopping = false;

  const handlers = {
    ...createStatusHandlers({
      serverId: options.serverId,
      health: () => ({ ok: !stopping && health.state() === 'ok', store: health.state(), stopping }),
    }),
    ...createSignInHandlers({ accounts, sessions, auth }),
    ...createDeviceHandlers({ sessions }),
    ...createUserHandlers({ profiles }),
  };
  const paces = createPaces(options.paces ?? pacesPerMinute);
  const app = createApp({ ...options, handlers, auth, paces, addressKey, log });
  const server = options.tls ? createTlsServer(options.tls, app) : createPlainServer(app);
  bound(server);
  const probing = setInterval(() => void health.probe(adapters.accounts), 2_000);

  return {
    listen: ({ port, host }) => listen(server, port, host),
    stop: async () => {
      stopping = true;
      clearInterval(probing);
      await close(server);
    },
  };
}

const hourly = (max: number) => createMemoryLimit({ max, ms: 60 * minuteMs });

function createPaces(paces: Readonly<Record<Pace, number>>) {
  const perMinute = (max: number) => createMemoryLimit({ max, ms: minuteMs });
  return { 'sign-in': perMinute(paces['sign-in']), read: perMinute(paces.read), write: perMinute(paces.write) };
}

/** A client that is slow on purpose holds a connection no longer than this. */
function bound(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
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

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  const impatient = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(impatient);
}
