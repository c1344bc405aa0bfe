/** The server's process: from the environment to a server that listens, and from a signal to an orderly end. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { readCertificate, watchCertificate } from './certificate.ts';
import { type ChatterServer, createServer } from './compose.ts';
import type { SmsGateway } from './core/accounts-ports.ts';
import type { Log } from './core/log.ts';
import { type Env, EnvError, readEnv } from './env.ts';
import { createPhoneNumbers } from './gateways/phone.ts';
import { createSecrets } from './gateways/secrets.ts';
import { createConsoleSms } from './gateways/sms/console.ts';
import { createWebhookSms } from './gateways/sms/webhook.ts';
import { createRedirect } from './http/redirect.ts';
import { createMetricsServer } from './http/metrics-page.ts';
import { createLog } from './log.ts';
import { createMeters, type Meters } from './metrics/meters.ts';
import { createSqliteAccounts } from './store/sqlite/accounts.ts';
import { createSqliteDeviceLinks } from './store/sqlite/device-links.ts';
import { createSqlitePasskeys } from './store/sqlite/passkeys.ts';
import { createSqliteReceipts } from './store/sqlite/receipts.ts';
import { createSqliteStore, type SqliteStore } from './store/sqlite/store.ts';

/** After this much the end is not orderly any more. */
const stopMsMax = 9_500;
/** How long refusals already made have to leave, when the disk has failed. */
const lastWordsMs = 200;
const exits = { stopped: 0, failed: 1, misconfigured: 2 } as const;
const appFolder = join(import.meta.dirname, '..', 'dist', 'app');

// What is written here is for this user alone.
process.umask(0o077);
await start();

async function start(): Promise<void> {
  const env = settings();
  const log = createLog({ level: env.LOG_LEVEL ?? (env.NODE_ENV === 'production' ? 'info' : 'warn'), serverId: env.SERVER_ID });
  process.on('uncaughtException', (error) => {
    log.error('a mistake of ours ended the server', error);
    process.exit(exits.failed);
  });
  const meters = createMeters();
  const store = await openStore(env, meters);
  meters.watchStore(store.figures);
  store.onBroken((error) => {
    log.error('the disk failed', error);
    process.stderr.write('The disk of the database failed. Nothing more is accepted; look at the disk, then start again.\n');
    setTimeout(() => process.exit(exits.failed), lastWordsMs);
  });
  // A key that is no key, most likely.
  const server = await compose(env, { store, log, meters }).catch((error: unknown) =>
    giveUp(`The server cannot start: ${messageOf(error)}`),
  );
  const port = await server
    .listen({ port: env.PORT, host: env.HOST })
    .catch((error: unknown) => giveUp(whyNotListening(env, error)));
  const aside = await startAside(env, { server, log, port, meters });
  stopOnSignals(server, store, aside);
  welcome(env, port);
}

type Aside = { readonly server: ChatterServer; readonly log: Log; readonly port: number; readonly meters: Meters };

/** What listens and watches beside the server itself: the way from http to https, the figures, the files of the certificate. */
async function startAside(env: Env, { server, log, port, meters }: Aside): Promise<() => void> {
  const { TLS_KEY_PATH: keyPath, TLS_CERT_PATH: certPath, HTTP_REDIRECT_PORT: redirectPort, METRICS_PORT: metricsPort } = env;
  const stops: (() => void)[] = [];
  if (keyPath !== undefined && certPath !== undefined) {
    const watch = watchCertificate({ keyPath, certPath }, server.renewTls, log);
    process.on('SIGHUP', watch.look);
    stops.push(watch.stop);
  }
  const redirect = createRedirect({ httpsPort: port });
  if (redirectPort !== undefined) stops.push(await listenAside(redirect, { PORT: redirectPort, HOST: env.HOST }));
  const metrics = createMetricsServer(meters.text);
  // A scrape needs no token here, so nobody but this machine may ask.
  if (metricsPort !== undefined) stops.push(await listenAside(metrics, { PORT: metricsPort, HOST: '127.0.0.1' }));
  return () => stops.forEach((stop) => stop());
}

async function listenAside(server: Server, at: Pick<Env, 'PORT' | 'HOST'>): Promise<() => void> {
  await new Promise<void>((resolve) => {
    server.once('error', (error) => giveUp(whyNotListening(at, error)));
    server.listen(at.PORT, at.HOST, resolve);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

function settings(): Env {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`The configuration is wrong:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
    return process.exit(exits.misconfigured);
  }
}

async function openStore({ DATA_DIR }: Env, { committed }: Meters): Promise<SqliteStore> {
  const folder = resolve(DATA_DIR);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return await createSqliteStore({ file: join(folder, 'chatter.db'), onCommitted: committed });
  } catch (error) {
    return giveUp(`The database in ${folder} cannot be opened: ${messageOf(error)}`);
  }
}

type World = { readonly store: SqliteStore; readonly log: Log; readonly meters: Meters };

async function compose(env: Env, { store, log, meters }: World): Promise<ChatterServer> {
  const { TLS_KEY_PATH: keyPath, TLS_CERT_PATH: certPath } = env;
  const tls = keyPath !== undefined && certPath !== undefined && readCertificate({ keyPath, certPath });
  return createServer(
    {
      eventLog: store.eventLog,
      receipts: createSqliteReceipts(store),
      accounts: createSqliteAccounts(store),
      passkeys: createSqlitePasskeys(store),
      deviceLinks: createSqliteDeviceLinks(store),
      sms: smsGateway(env),
      phones: createPhoneNumbers(),
      secrets: createSecrets(),
      clock: { now: () => Date.now() },
      log,
      meters,
    },
    {
      serverId: env.SERVER_ID,
      origins: env.ORIGINS,
      trustProxy: env.TRUST_PROXY,
      appFolder,
      isWorkerRetired: env.RETIRE_WORKER,
      // While codes cost nothing, a household or a test behind one address need not be held up.
      codesPerAddressHour: env.CODES_PER_ADDRESS_HOUR ?? (env.SMS_GATEWAY === 'console' ? 1_000 : 10),
      codesPerBlockHour: env.CODES_PER_BLOCK_HOUR ?? (env.SMS_GATEWAY === 'console' ? 1_000 : 50),
      codesPerHour: env.CODES_PER_HOUR,
      smsCountries: env.SMS_COUNTRIES,
      framesPerSocketTenSeconds: env.FRAMES_PER_SOCKET_TEN_SECONDS,
      connectionsPerAddress: env.CONNECTIONS_PER_ADDRESS,
      syncEverySeconds: env.SYNC_INTERVAL_MINUTES * 60,
      metricsToken: env.METRICS_TOKEN,
      ...(tls && { tls }),
    },
  );
}

function smsGateway({ SMS_GATEWAY, SMS_WEBHOOK_URL, SMS_WEBHOOK_TOKEN }: Env): SmsGateway {
  if (SMS_GATEWAY === 'console') return createConsoleSms((line) => process.stdout.write(`${line}\n`));
  return createWebhookSms({ url: SMS_WEBHOOK_URL!, token: SMS_WEBHOOK_TOKEN });
}

function stopOnSignals(server: ChatterServer, store: SqliteStore, stopAside: () => void): void {
  let isStopping = false;
  const stop = (): void => {
    // Whoever asks twice does not want to wait.
    if (isStopping) process.exit(exits.failed);
    isStopping = true;
    setTimeout(() => process.exit(exits.failed), stopMsMax).unref();
    stopAside();
    void server
      .stop()
      .then(() => store.close())
      .then(() => process.exit(exits.stopped));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function welcome(env: Env, port: number): void {
  const scheme = env.TLS_KEY_PATH === undefined ? 'http' : 'https';
  const host = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(env.HOST) ? 'localhost' : env.HOST;
  const codes =
    env.SMS_GATEWAY === 'console'
      ? 'with any phone number; its code is printed here'
      : 'with a phone number; its code is sent to it';
  const lines = [
    '',
    'Chatter is running.',
    '',
    `  Open     ${scheme}://${host}:${port}`,
    `  Sign in  ${codes}`,
    `  Data     ${resolve(env.DATA_DIR)}`,
    '  Stop     Ctrl-C',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!existsSync(join(appFolder, 'index.html'))) process.stdout.write('The app is not built yet: run npm run build.\n');
  if (scheme === 'http' && host !== 'localhost') {
    process.stdout.write(
      'Browsers keep people signed in over plain http only at localhost: put TLS in front, or set TLS_KEY_PATH.\n',
    );
  }
}

function whyNotListening({ PORT, HOST }: Pick<Env, 'PORT' | 'HOST'>, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${PORT} is taken: stop what uses it, or set PORT to another one.`;
  if (code === 'EACCES') return `Port ${PORT} needs rights this user does not have: set PORT to 1024 or more.`;
  return `Cannot listen on ${HOST}:${PORT}: ${messageOf(error)}`;
}

function giveUp(why: string): never {
  process.stderr.write(`${why}\n`);
  return process.exit(exits.failed);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
