/** The writer over a data folder, in this process: what no device could ask for in minutes is stored in seconds, by the same rules. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceId, type Op, type UserId, isRefused } from '#sync-protocol';
import { createLocalBus } from '../../api/bus/local.ts';
import { createDirectory } from '../../api/core/accounts-directory.ts';
import { createCore } from '../../api/core/core.ts';
import type { EventLog } from '../../api/core/ports.ts';
import { createProfiles } from '../../api/core/profiles.ts';
import { createHashes } from '../../api/gateways/hashes.ts';
import { createPhoneNumbers } from '../../api/gateways/phone.ts';
import { createSecrets } from '../../api/gateways/secrets.ts';
import { createSqliteAccounts } from '../../api/store/sqlite/accounts.ts';
import { createSqliteReceipts } from '../../api/store/sqlite/receipts.ts';
import { createSqliteStore } from '../../api/store/sqlite/store.ts';

/** Somebody with a session, as a script or a browser would have it. */
export type Person = {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly token: string;
  readonly name: string;
  readonly phone: string;
};

type Options = {
  readonly clock?: { now(): number };
  /** What the core reads from, in place of the store itself. */
  readonly watch?: (log: EventLog) => EventLog;
};

/** No other process may have the folder. */
export async function openCore(dataDir: string, { clock = { now: () => Date.now() }, watch = (log) => log }: Options = {}) {
  mkdirSync(dataDir, { recursive: true });
  const store = await createSqliteStore({ file: join(dataDir, 'chatter.db'), clock });
  const accounts = createSqliteAccounts(store);
  const secrets = createSecrets();
  const eventLog = watch(store.eventLog);
  const { storeEpoch, opHashKey } = await eventLog.meta();
  const reportBug = (error: unknown): never => {
    throw error;
  };
  const core = createCore({
    log: eventLog,
    receipts: createSqliteReceipts(store),
    directory: createDirectory({ store: accounts, phones: createPhoneNumbers(), secrets, clock }),
    people: createProfiles({ store: accounts, log: eventLog }),
    bus: createLocalBus(reportBug),
    hashes: createHashes(opHashKey),
    clock,
    pause: (ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
    random: Math.random,
    reportBug,
    storeEpoch,
    syncEverySeconds: 300,
  });

  async function signUp(name: string, phone: string): Promise<Person> {
    const [requestId, user, device] = [secrets.newId(), secrets.newId() as UserId, secrets.newId() as DeviceId];
    const token = secrets.newToken(32);
    const now = clock.now();
    const code = {
      requestId,
      phone,
      salt: '',
      codeHash: '',
      digits: 6,
      sentAt: now,
      expiresAt: now,
      tries: 0,
      state: 'open',
    } as const;
    await accounts.openCode(code, [{ max: 1_000, ms: 1 }]);
    const account = { user, phone, name, signedUpAt: now };
    const session = { device, user, tokenHash: secrets.hashToken(token), label: 'Bench', signedInAt: now, usedAt: now };
    const redeemed = await accounts.redeem({ requestId, account, session });
    if (redeemed !== 'redeemed') throw new Error(`${name} could not sign up: ${redeemed}`);
    return { user, device, token, name, phone };
  }

  return {
    core,
    signUp,
    newId: <Id extends string>(): Id => secrets.newId() as Id,
    write: async ({ user, device }: Person, ops: readonly Op[]): Promise<void> => {
      const refused = (await core.writer.write({ user, device }, ops)).find(isRefused);
      if (refused) throw new Error(`refused: ${JSON.stringify(refused)}`);
    },
    close: () => store.close(),
  };
}
export type InProcess = Awaited<ReturnType<typeof openCore>>;
