import { isDeepStrictEqual } from 'node:util';
import type { DatabaseSync } from 'node:sqlite';
import { type LogId, selfLog, type UserId } from '#sync-protocol';

/** One kind of row that follows from the log. `json` columns are compared by what they say. */
type Projection = {
  readonly table: string;
  readonly key: readonly string[];
  readonly plain: readonly string[];
  readonly json?: string;
};

/** Without what only this store knows: when a record last changed, and how far relays were written. */
const projections: readonly Projection[] = [
  {
    table: 'logs',
    key: ['log'],
    plain: ['head', 'chain', 'last_at', 'message_count', 'room_epoch', 'compacted_to', 'relays_at', 'state_as_of'],
  },
  { table: 'states', key: ['log'], plain: [], json: 'state' },
  { table: 'messages', key: ['log', 'seq'], plain: ['id', 'by', 'revised', 'ordinal', 'author_ordinal'], json: 'message' },
  { table: 'memberships', key: ['log', 'user'], plain: ['revised', 'role', 'own_messages'], json: 'spans' },
  { table: 'profile_changes', key: ['user'], plain: ['at'] },
  { table: 'registers', key: ['user', 'key'], plain: ['revised'], json: 'value' },
];

export type Difference = {
  readonly log: LogId;
  readonly table: string;
  readonly how: 'missing' | 'different' | 'unfounded';
  readonly row: string;
};

type Row = Readonly<Record<string, string | number | null>>;

/** Every stored row that is not what the log makes of it. [FD-11] */
export function differences(db: DatabaseSync): readonly Difference[] {
  return [
    ...projections.flatMap((projection) => [...wrongRows(db, projection), ...unfoundedRows(db, projection)]),
    ...wrongMentions(db),
    ...unblanked(db),
  ];
}

function wrongRows(db: DatabaseSync, { table, key, plain, json }: Projection): readonly Difference[] {
  const on = key.map((name) => `stored.${name} = made.${name}`).join(' AND ');
  const compared = [...plain, ...(json === undefined ? [] : [json])];
  const isOff = compared.map((name) => `stored.${name} IS NOT made.${name}`).join(' OR ');
  const isPlainOff = plain.map((name) => `stored.${name} IS NOT made.${name}`).join(' OR ') || '0';
  const rows = db.prepare(`
    SELECT ${key.map((name) => `made.${name} AS ${name}`).join(', ')}, stored.${key[0]} IS NULL AS is_missing, (${isPlainOff}) AS is_off,
      ${json === undefined ? 'NULL AS made_json, NULL AS stored_json' : `made.${json} AS made_json, stored.${json} AS stored_json`}
    FROM main.${table} AS made LEFT JOIN stored.${table} AS stored ON ${on} WHERE stored.${key[0]} IS NULL OR ${isOff}`);
  const found: Difference[] = [];
  for (const row of rows.iterate() as IterableIterator<Row>) {
    if (row['is_missing'] === 1) found.push({ ...place(table, key, row), how: 'missing' });
    else if (row['is_off'] === 1 || !saySame(row['made_json'], row['stored_json']))
      found.push({ ...place(table, key, row), how: 'different' });
  }
  return found;
}

/** Rows that no event made. */
function unfoundedRows(db: DatabaseSync, { table, key }: Projection): readonly Difference[] {
  const on = key.map((name) => `made.${name} = stored.${name}`).join(' AND ');
  const rows = db.prepare(`
    SELECT ${key.map((name) => `stored.${name}`).join(', ')} FROM stored.${table} AS stored
    WHERE NOT EXISTS (SELECT 1 FROM main.${table} AS made WHERE ${on})`);
  return (rows.all() as Row[]).map((row) => ({ ...place(table, key, row), how: 'unfounded' as const }));
}

/** A message that was blanked since no longer says whom it mentioned: such rows are left as they are. */
export const unfoundedMentions = `
  SELECT log, user, seq FROM stored.mentions AS stored
  WHERE NOT EXISTS (SELECT 1 FROM main.mentions AS made WHERE made.log = stored.log AND made.user = stored.user AND made.seq = stored.seq)
    AND NOT EXISTS (
      SELECT 1 FROM main.events AS event WHERE event.log = stored.log AND event.seq = stored.seq
        AND event.content ->> 'type' = 'message' AND event.content ->> 'blank' = 1)`;

function wrongMentions(db: DatabaseSync): readonly Difference[] {
  const missing = db.prepare('SELECT log, user, seq FROM main.mentions EXCEPT SELECT log, user, seq FROM stored.mentions').all();
  const unfounded = db.prepare(unfoundedMentions).all();
  const key = ['log', 'user', 'seq'];
  return [
    ...(missing as Row[]).map((row) => ({ ...place('mentions', key, row), how: 'missing' as const })),
    ...(unfounded as Row[]).map((row) => ({ ...place('mentions', key, row), how: 'unfounded' as const })),
  ];
}

/** Folding blanks what was superseded: an event that was blanked only now still said something in the file. */
function unblanked(db: DatabaseSync): readonly Difference[] {
  const rows = db.prepare(`
    SELECT made.log, made.seq FROM main.events AS made JOIN stored.events AS stored USING (log, seq)
    WHERE made.content ->> 'blank' = 1 AND stored.content ->> 'blank' IS NOT 1`);
  return (rows.all() as Row[]).map((row) => ({ ...place('events', ['log', 'seq'], row), how: 'different' as const }));
}

function place(table: string, key: readonly string[], row: Row): Pick<Difference, 'log' | 'table' | 'row'> {
  const log = row['log'] === undefined ? selfLog(String(row['user']) as UserId) : (String(row['log']) as LogId);
  return {
    log,
    table,
    row: key
      .filter((name) => name !== 'log')
      .map((name) => String(row[name]))
      .join(' '),
  };
}

function saySame(made: unknown, stored: unknown): boolean {
  if (made === stored) return true;
  try {
    return isDeepStrictEqual(JSON.parse(String(made)), JSON.parse(String(stored)));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
