import type { DatabaseSync } from 'node:sqlite';
import type { LogId } from '#sync-protocol';
import type { Hashes } from '../../core/ports.ts';
import { type Difference, differences, unfoundedMentions } from './comparison.ts';
import { own } from './connection.ts';
import { failureOf } from './failure.ts';
import type { Finding } from './findings.ts';
import { openScratch, type Rebuilt, rebuild } from './scratch.ts';

export type Verified = { readonly logs: number; readonly events: number; readonly findings: readonly Finding[] };

type Verifying = {
  readonly file: string;
  readonly createHashes: (key: string) => Hashes;
  /** `still`: a file that nobody has open, such as a backup. */
  readonly access?: 'still' | 'read';
};

/** Looks at all of a database: its structure, the chain of every log, and whether its projections are what the log makes of it. */
export function verifyDatabase({ file, createHashes, access = 'read' }: Verifying): Verified {
  try {
    return withScratch(file, access, (db) => look(db, createHashes));
  } catch (error) {
    const { kind, cause } = failureOf(error);
    if (kind !== 'broken') throw error;
    return { logs: 0, events: 0, findings: [{ kind: 'file', what: cause.message }] };
  }
}

/**
 * Replaces what is not what the log makes of it, in one transaction and only in logs whose own events are sound. Events stay as
 * they are. Answers what is found afterwards. The file must belong to nobody.
 */
export function repairDatabase({ file, createHashes }: Omit<Verifying, 'access'>): Verified {
  const owner = own(file);
  try {
    const found = verifyDatabase({ file, createHashes });
    if (found.findings.every(({ kind }) => kind !== 'projection')) return found;
    withScratch(file, 'write', (db) => {
      db.exec('BEGIN IMMEDIATE');
      const { rebuilt, wrong } = compare(db, createHashes);
      const logs = wrong.filter(({ log, table }) => !rebuilt.unsound.has(log) && table !== 'events').map(({ log }) => log);
      replace(db, new Set(logs));
      db.exec('COMMIT');
    });
    return verifyDatabase({ file, createHashes });
  } finally {
    owner.close();
  }
}

function withScratch<T>(file: string, access: 'still' | 'read' | 'write', use: (db: DatabaseSync) => T): T {
  const db = openScratch(file, access);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

function look(db: DatabaseSync, createHashes: (key: string) => Hashes): Verified {
  const structure = findStructure(db);
  db.exec('BEGIN');
  if (structure.length > 0) return { logs: 0, events: 0, findings: structure };
  const { rebuilt, wrong } = compare(db, createHashes);
  const { logs, events, findings, unsound } = rebuilt;
  return { logs, events, findings: [...findings, ...grouped(wrong.filter(({ log }) => !unsound.has(log)))] };
}

/** Within a transaction: one moment of the file is read, however long that takes. */
function compare(
  db: DatabaseSync,
  createHashes: (key: string) => Hashes,
): { readonly rebuilt: Rebuilt; readonly wrong: readonly Difference[] } {
  const key = db.prepare("SELECT value FROM stored.meta WHERE key = 'opHashKey'").get() as { value: string } | undefined;
  if (!key) throw new Error('The database has no key for its hashes.');
  const rebuilt = rebuild(db, createHashes(key.value));
  return { rebuilt, wrong: differences(db) };
}

/** What SQLite itself says of the file. */
function findStructure(db: DatabaseSync): readonly Finding[] {
  const [stored, known] = ['stored', 'main'].map((name) =>
    Number(db.prepare(`PRAGMA ${name}.user_version`).get()!['user_version']),
  );
  if (stored !== known) return [{ kind: 'file', what: `the database is of version ${stored}, and this program knows ${known}` }];
  const said = db.prepare('PRAGMA stored.integrity_check(20)').all() as { integrity_check: string }[];
  return said.flatMap(({ integrity_check: what }) => (what === 'ok' ? [] : [{ kind: 'file' as const, what }]));
}

function grouped(wrong: readonly Difference[]): readonly Finding[] {
  const groups = Map.groupBy(wrong, ({ log, table, how }) => `${log}: ${table}: ${how}`);
  return [...groups].map(([name, rows]) => ({
    kind: rows[0]!.table === 'events' ? 'log' : 'projection',
    what: `${name}, ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${rows[0]!.row && ` (the first: ${rows[0]!.row})`}`,
  }));
}

/** What was known only here stays: when the record last changed, and how far relays were written, which is never too far. */
const recordOfLog = `
  INSERT OR REPLACE INTO stored.logs (log, head, chain, last_at, changed_at, message_count, room_epoch, compacted_to, relayed_to, relays_at, state_as_of)
  SELECT log, made.head, made.chain, made.last_at, coalesce(held.changed_at, made.last_at), made.message_count, made.room_epoch,
    made.compacted_to, iif(held.relayed_to BETWEEN 0 AND made.head, held.relayed_to, 0), made.relays_at, made.state_as_of
  FROM main.logs AS made LEFT JOIN stored.logs AS held USING (log) WHERE log = ?`;

const ofOwner = "user = iif(?1 LIKE 'u:%', substr(?1, 3), '')";

function replace(db: DatabaseSync, logs: ReadonlySet<LogId>): void {
  const steps = [
    ...['states', 'messages', 'memberships'].flatMap((table) => [
      `DELETE FROM stored.${table} WHERE log = ?`,
      `INSERT INTO stored.${table} SELECT * FROM main.${table} WHERE log = ?`,
    ]),
    `DELETE FROM stored.registers WHERE ${ofOwner}`,
    `INSERT INTO stored.registers SELECT * FROM main.registers WHERE ${ofOwner}`,
    `DELETE FROM stored.profile_changes WHERE ${ofOwner}`,
    `INSERT INTO stored.profile_changes SELECT * FROM main.profile_changes WHERE ${ofOwner}`,
    `DELETE FROM stored.mentions WHERE (log, user, seq) IN (${unfoundedMentions}) AND log = ?`,
    'INSERT OR IGNORE INTO stored.mentions SELECT * FROM main.mentions WHERE log = ?',
    'DELETE FROM stored.logs WHERE log NOT IN (SELECT log FROM main.logs) AND log = ?',
    recordOfLog,
  ].map((sql) => db.prepare(sql));
  for (const log of logs) for (const step of steps) step.run(log);
}
