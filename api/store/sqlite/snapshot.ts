import { DatabaseSync } from 'node:sqlite';
import { randomBytes } from 'node:crypto';
import { migrate } from './migrations.ts';

/** What can be said of a database without reading all of it, and what makes it this one and no other. */
export type Summary = {
  readonly schema: number;
  readonly storeEpoch: string;
  readonly logs: number;
  readonly events: number;
  readonly accounts: number;
};

/**
 * Writes one moment of a database into a new file, whoever writes meanwhile: a reader of the write-ahead log neither waits for
 * the writer nor holds it up. What was deleted is not in the new file, because it is written anew row by row. [RU-1]
 */
export function writeSnapshot(file: string, into: string): void {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    db.prepare('VACUUM INTO ?').run(into);
  } finally {
    db.close();
  }
}

/** Of a file that nobody has open. */
export function summarise(file: string): Summary {
  const db = new DatabaseSync(file, { readOnly: true });
  const one = (sql: string): number => Number(Object.values(db.prepare(sql).get()!)[0]);
  try {
    const epoch = db.prepare("SELECT value FROM meta WHERE key = 'storeEpoch'").get();
    return {
      schema: one('PRAGMA user_version'),
      storeEpoch: String(epoch?.['value']),
      logs: one('SELECT count(*) FROM logs'),
      events: one('SELECT count(*) FROM events'),
      accounts: one('SELECT count(*) FROM accounts'),
    };
  } finally {
    db.close();
  }
}

/** Brings a copy to this version. What devices know of the store may be more than it knows itself: a new epoch tells them. [RU-2] */
export function makeAnew(file: string): void {
  const db = new DatabaseSync(file);
  try {
    migrate(db);
    db.prepare("UPDATE meta SET value = ? WHERE key = 'storeEpoch'").run(randomBytes(8).toString('hex'));
  } finally {
    db.close();
  }
}
