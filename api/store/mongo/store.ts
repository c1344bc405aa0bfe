import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import type { AccountStore } from '../../core/accounts-ports.ts';
import type { DeviceLinkStore } from '../../core/linking-ports.ts';
import type { PasskeyStore } from '../../core/passkeys-ports.ts';
import type { Clock, EventLog, Receipts } from '../../core/ports.ts';
import { createMongoAccounts } from './accounts.ts';
import { createMongoDeviceLinks } from './device-links.ts';
import { insertNew } from './errors.ts';
import { createMongoEventLog } from './event-log.ts';
import { buildIndexes } from './indexes.ts';
import { type FactDoc, type Models, openModels } from './models.ts';
import { createMongoPasskeys } from './passkeys.ts';
import { createMongoReceipts } from './receipts.ts';

export type MongoOptions = {
  /** With the name of the database. */
  readonly uri: string;
  readonly clock?: Clock;
};

export interface MongoStore {
  readonly eventLog: EventLog;
  readonly receipts: Receipts;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly deviceLinks: DeviceLinkStore;
  /**
   * Writes what follows from what was stored or decided at least `ms` ago and was left by its server. Answers of how many logs
   * and numbers. [SQ-10, SQ-14]
   */
  repair(ms: number): Promise<number>;
  close(): Promise<void>;
}

/** Acknowledged is what a majority has on disk, and nothing is read that a majority has not. [SQ-6] */
const concerns = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
} as const;

/** Connects, builds what is missing and makes sure of the fences. Rejects where it cannot. */
export async function openMongoStore({ uri, clock = Date }: MongoOptions): Promise<MongoStore> {
  const connection = await mongoose.createConnection(uri, { ...concerns, autoIndex: false, autoCreate: false }).asPromise();
  try {
    const models = openModels(connection);
    await buildIndexes(models);
    const meta = {
      storeEpoch: await fact(models, 'storeEpoch', 8),
      opHashKey: await fact(models, 'opHashKey', 32),
    };
    const { eventLog, foldWaiting } = createMongoEventLog({ models, clock, meta });
    const { accounts, settleWaiting } = createMongoAccounts(models, { clock, codeKey: await fact(models, 'codeKey', 32) });
    return {
      eventLog,
      receipts: createMongoReceipts(models),
      accounts,
      passkeys: createMongoPasskeys(models),
      deviceLinks: createMongoDeviceLinks(models),
      repair: async (ms) => (await foldWaiting(ms)) + (await settleWaiting(ms)),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Random once, by whoever comes first. */
async function fact({ facts }: Models, name: string, bytes: number): Promise<string> {
  const made = { _id: name, value: randomBytes(bytes).toString('hex') };
  await insertNew(facts, made);
  const held = await facts.findById(name).lean<FactDoc>();
  if (!held) throw new Error(`${name} is not there after it was written`);
  return held.value;
}
