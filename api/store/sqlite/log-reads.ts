import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  CHAIN_START,
  type Chain,
  type LogId,
  type Marks,
  type MessageId,
  type OpId,
  type Register,
  type Seq,
  type UserId,
} from '#sync-protocol';
import type { ConversationOfUser, LogRecord, Membership, ProjectedMessage, RootPart, StoredEvent } from '../../core/ports.ts';
import {
  type EventRow,
  type LogRow,
  type MembershipRow,
  type MessageRow,
  type RegisterRow,
  type RootPartRow,
  toEvent,
  toMembership,
  toMessage,
  toRecord,
  toRegister,
  toRootPart,
} from './log-rows.ts';
import { openProfileChanges } from './profile-changes.ts';

const event = 'SELECT seq, op_id, chain, content FROM events';
const record = 'SELECT logs.*, states.state FROM logs LEFT JOIN states USING (log)';
const message = 'SELECT message FROM messages';
/** One by one, each once. Left to itself, SQLite walks through the whole log for them, since that is their order. */
const eachOf = (table: string) => `(SELECT DISTINCT value FROM json_each(?2)) AS asked CROSS JOIN ${table}`;
const membership = 'SELECT log, user, revised, role, spans, own_messages FROM memberships';

/** The read half of `EventLog`, method by method. */
export function openLogReads(db: DatabaseSync) {
  return { ...openEvents(db), ...openMessages(db), ...openPeople(db), ...openProfileChanges(db), ...openStoreWide(db) };
}

function openEvents(db: DatabaseSync) {
  const recordOf = db.prepare(`${record} WHERE log = ?`);
  const after = db.prepare(`${event} WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?`);
  const chain = db.prepare('SELECT chain FROM events WHERE log = ? AND seq = ?');
  const byOp = db.prepare(`
    SELECT seq, op_id, chain, content FROM ${eachOf('events')} WHERE log = ?1 AND op_id = asked.value ORDER BY +seq`);
  return {
    record(log: LogId): LogRecord | undefined {
      const row = one<LogRow>(recordOf, log);
      return row && toRecord(row);
    },
    read: (log: LogId, from: Seq, limit: number): readonly StoredEvent[] => all<EventRow>(after, log, from, limit).map(toEvent),
    chainAt: (log: LogId, seq: Seq): Chain | undefined =>
      seq === 0 ? CHAIN_START : one<{ chain: Chain }>(chain, log, seq)?.chain,
    findOps: (log: LogId, opIds: readonly OpId[]): readonly StoredEvent[] =>
      all<EventRow>(byOp, log, JSON.stringify(opIds)).map(toEvent),
  };
}

function openMessages(db: DatabaseSync) {
  const byId = db.prepare(`SELECT message FROM ${eachOf('messages')} WHERE log = ?1 AND id = asked.value ORDER BY +seq`);
  const oldest = db.prepare(`${message} WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`);
  const newest = db.prepare(`${message} WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`);
  const count = db.prepare('SELECT ordinal AS count FROM messages WHERE log = ? AND seq <= ? ORDER BY seq DESC LIMIT 1');
  const countOf = db.prepare(
    'SELECT author_ordinal AS count FROM messages WHERE log = ? AND by = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
  );
  const mentioned = db.prepare('SELECT seq FROM mentions WHERE log = ? AND user = ? AND seq > ? ORDER BY seq LIMIT ?');
  return {
    messages: (log: LogId, ids: readonly MessageId[]): readonly ProjectedMessage[] =>
      all<MessageRow>(byId, log, JSON.stringify(ids)).map(toMessage),
    messagesIn: (log: LogId, from: Seq, to: Seq, limit: number, newestFirst: boolean): readonly ProjectedMessage[] =>
      all<MessageRow>(newestFirst ? newest : oldest, log, from, to, limit).map(toMessage),
    marksAt: (log: LogId, user: UserId, seq: Seq): Marks => ({
      seq,
      ordinal: one<{ count: number }>(count, log, seq)?.count ?? 0,
      ownOrdinal: one<{ count: number }>(countOf, log, user, seq)?.count ?? 0,
    }),
    mentions: (log: LogId, user: UserId, after: Seq, limit: number): readonly Seq[] =>
      all<{ seq: Seq }>(mentioned, log, user, after, limit).map(({ seq }) => seq),
  };
}

function openPeople(db: DatabaseSync) {
  const member = db.prepare(`${membership} WHERE log = ? AND user = ?`);
  const members = db.prepare(`${membership} WHERE log = ? ORDER BY user`);
  const conversations = db.prepare(`
    SELECT logs.*, states.state, m.user, m.revised, m.role, m.spans, m.own_messages
    FROM memberships AS m JOIN logs USING (log) LEFT JOIN states USING (log)
    WHERE m.user = ? AND logs.changed_at >= ? ORDER BY m.log`);
  const rootParts = db.prepare(`
    SELECT log, logs.head, logs.chain, m.role, m.spans FROM memberships AS m JOIN logs USING (log)
    WHERE m.user = ? ORDER BY m.log`);
  const register = db.prepare('SELECT key, revised, value FROM registers WHERE user = ? AND key = ?');
  const registers = db.prepare(
    'SELECT key, revised, value FROM registers WHERE user = ? AND key >= ? AND key < ? || char(0x10ffff) ORDER BY key',
  );
  return {
    membership(log: LogId, user: UserId): Membership | undefined {
      const row = one<MembershipRow>(member, log, user);
      return row && toMembership(row);
    },
    memberships: (log: LogId): readonly Membership[] => all<MembershipRow>(members, log).map(toMembership),
    conversationsOf: (user: UserId, changedSince: number): readonly ConversationOfUser[] =>
      all<LogRow & MembershipRow>(conversations, user, changedSince).map((row) => ({
        record: toRecord(row),
        membership: toMembership(row),
      })),
    rootPartsOf: (user: UserId): readonly RootPart[] => all<RootPartRow>(rootParts, user).map(toRootPart),
    registers: (user: UserId, prefix: string): readonly Register[] =>
      all<RegisterRow>(registers, user, prefix, prefix).map(toRegister),
    register(user: UserId, key: string): Register | undefined {
      const row = one<RegisterRow>(register, user, key);
      return row && toRegister(row);
    },
  };
}

function openStoreWide(db: DatabaseSync) {
  const pending = db.prepare(`${record} WHERE relayed_to < relays_at ORDER BY log`);
  const fact = db.prepare('SELECT value FROM meta WHERE key = ?');
  const metaOf = (key: string): string => one<{ value: string }>(fact, key)!.value;
  return {
    unrelayed: (): readonly LogRecord[] => all<LogRow>(pending).map(toRecord),
    meta: () => ({ storeEpoch: metaOf('storeEpoch'), opHashKey: metaOf('opHashKey') }),
  };
}

function one<Row>(statement: StatementSync, ...args: (string | number)[]): Row | undefined {
  return statement.get(...args) as Row | undefined;
}

function all<Row>(statement: StatementSync, ...args: (string | number)[]): readonly Row[] {
  return statement.all(...args) as readonly unknown[] as readonly Row[];
}
