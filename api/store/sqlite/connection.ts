import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './failure.ts';

/**
 * One process owns the file. The lock is an open exclusive transaction on an empty database beside it: the operating system
 * releases it however the process ends, so it cannot be left behind. (Not on network file systems, whose locks are not
 * reliable.) Keep the result: the file is ours until it is closed. [SQ-7]
 */
export function own(file: string): DatabaseSync {
  const owner = new DatabaseSync(`${file}.owner`, { timeout: 0 });
  try {
    owner.exec('BEGIN EXCLUSIVE');
    return owner;
  } catch (error) {
    owner.close();
    if (!isBusy(error)) throw error;
    throw new Error(`${file} is in use by another process. One server owns a database file: stop the other one first.`, {
      cause: error,
    });
  }
}

/**
 * `synchronous=FULL`: with NORMAL a power cut may take commits that were already acknowledged, and their numbers would be
 * given to other events. Checkpoints are ours (commit-loop.ts), because SQLite's automatic ones hide their errors.
 */
export function connect(file: string, { pagesMax }: { readonly pagesMax?: number | undefined } = {}): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY');
  db.exec('PRAGMA cache_size = -65536');
  if (pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${pagesMax}`);
  return db;
}

/** A second connection, of the main thread. It never waits for the writer: each read sees the last commit. */
export function connectReader(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec('PRAGMA cache_size = -65536');
  return db;
}
