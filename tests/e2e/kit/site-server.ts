/** The server of api/main.ts with another folder of app files: SITE names it. For tests that publish a new version. */
import { join } from 'node:path';
import { createServer } from '../../../api/compose.ts';
import { createPhoneNumbers } from '../../../api/gateways/phone.ts';
import { createSecrets } from '../../../api/gateways/secrets.ts';
import { createConsoleSms } from '../../../api/gateways/sms/console.ts';
import { createLog } from '../../../api/log.ts';
import { createMemoryReceipts } from '../../../api/store/memory/receipts.ts';
import { createSqliteAccounts } from '../../../api/store/sqlite/accounts.ts';
import { createSqliteStore } from '../../../api/store/sqlite/store.ts';

const store = await createSqliteStore({ file: join(process.env['DATA_DIR']!, 'chatter.db') });
const server = await createServer(
  {
    eventLog: store.eventLog,
    receipts: createMemoryReceipts(),
    accounts: createSqliteAccounts(store),
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
    codesPerAddressHour: 1_000,
    codesPerHour: 1_000,
    syncEverySeconds: 300,
  },
);
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
