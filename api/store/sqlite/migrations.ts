import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { accountsTables, codeDigitsTables, numbersAndPinsTables, numbersUntoldTables } from './accounts-tables.ts';
import { deviceLinksTables } from './device-links-room.ts';
import { logTables } from './log-tables.ts';
import { passkeysTables } from './passkeys-room.ts';
import { profileChangesTables } from './profile-changes.ts';
import { receiptsTables } from './receipts-room.ts';

/** What made the file what it is, in order. Append only: a line that was released is never edited, moved or removed. */
const migrations: readonly string[] = [
  logTables,
  accountsTables,
  receiptsTables,
  codeDigitsTables,
  passkeysTables,
  deviceLinksTables,
  numbersAndPinsTables,
  profileChangesTables,
  numbersUntoldTables,
];

/** Brings the file to this version. `PRAGMA user_version` counts the migrations it has seen. */
export function migrate(db: DatabaseSync): void {
  const { user_version: seen } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (seen > migrations.length) {
    throw new Error(
      `The database file is of a later version (${seen}) than this server knows (${migrations.length}): start the newer server.`,
    );
  }
  for (let at = seen; at < migrations.length; at++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[at]}; PRAGMA user_version = ${at + 1}; COMMIT`);
  }
  // A file of its own kind from its first opening on.
  const writeFact = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING');
  writeFact.run('storeEpoch', randomBytes(8).toString('hex'));
  writeFact.run('opHashKey', randomBytes(32).toString('hex'));
  writeFact.run('codeKey', randomBytes(32).toString('hex'));
}
