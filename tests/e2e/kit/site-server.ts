/**
 * The server of api/main.ts with what a test may not wait for: another folder of app files (SITE), because one publishes a new
 * version, and other heartbeats (HEARTBEAT_MS).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from '../../../api/compose.ts';
import { createPhoneNumbers } from '../../../api/gateways/phone.ts';
import { createSecrets } from '../../../api/gateways/secrets.ts';
import { createConsoleSms } from '../../../api/gateways/sms/console.ts';
import { createLog } from '../../../api/log.ts';
import { createSqliteAccounts } from '../../../api/store/sqlite/accounts.ts';
import { createSqliteDeviceLinks } from '../../../api/store/sqlite/device-links.ts';
import { createSqlitePasskeys } from '../../../api/store/sqlite/passkeys.ts';
import { createSqliteReceipts } from '../../../api/store/sqlite/receipts.ts';
import { createSqliteStore } from '../../../api/store/sqlite/store.ts';

const { HEARTBEAT_MS: heartbeatMs, TLS_KEY_PATH: keyPath, TLS_CERT_PATH: certPath } = process.env;
const store = await createSqliteStore({ file: join(process.env['DATA_DIR']!, 'chatter.db') });
const server = await createServer(
  {
    eventLog: store.eventLog,
    receipts: createSqliteReceipts(store),
    accounts: createSqliteAccounts(store),
    passkeys: createSqlitePasskeys(store),
    deviceLinks: createSqliteDeviceLinks(store),
    sms: createConsoleSms((line) => process.stdout.write(`${line}\n`)),
    phones: createPhoneNumbers(),
    secrets: createSecrets(),
    clock: { now: () => Date.now() },
    log: createLog({ level: 'warn', serverId: 'site' }),
  },
  {
    serverId: 'site',
    origins: [],
    trustProxy: [],
    appFolder: process.env['SITE']!,
    isWorkerRetired: process.env['RETIRE_WORKER'] === 'true',
    codesPerAddressHour: 1_000,
    codesPerBlockHour: 1_000,
    smsCountries: [],
    codesPerHour: 1_000,
    syncEverySeconds: 300,
    ...(keyPath !== undefined && certPath !== undefined && { tls: { key: readFileSync(keyPath), cert: readFileSync(certPath) } }),
    ...(heartbeatMs !== undefined && { heartbeatMs: Number(heartbeatMs) }),
  },
);
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
