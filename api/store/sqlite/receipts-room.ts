import type { DatabaseSync } from 'node:sqlite';
import { mergeReceipt, type ConversationId, type Receipt, type Seq, type UserId } from '#sync-protocol';
import type { Room } from './room.ts';

export const receiptsTables = `
CREATE TABLE receipts (
  conversation TEXT NOT NULL,
  user TEXT NOT NULL,
  version INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  read INTEGER NOT NULL,
  PRIMARY KEY (conversation, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_by_version ON receipts (conversation, version);
`;

export const openReceiptsRoom = (db: DatabaseSync) => ({ reads: openReads(db), writes: openWrites(db) }) satisfies Room;

const columns = 'SELECT user, version, delivered, read FROM receipts';

function openReads(db: DatabaseSync) {
  const above = db.prepare(`${columns} WHERE conversation = ? AND version > ? ORDER BY version`);
  const one = db.prepare(`${columns} WHERE conversation = ? AND user = ?`);
  return {
    since: (conversation: ConversationId, version: number) => above.all(conversation, version).map((row) => toReceipt(row)!),
    of: (conversation: ConversationId, user: UserId) => toReceipt(one.get(conversation, user)),
  };
}

function openWrites(db: DatabaseSync) {
  const one = db.prepare(`${columns} WHERE conversation = ? AND user = ?`);
  const last = db.prepare('SELECT coalesce(max(version), 0) AS version FROM receipts WHERE conversation = ?');
  const upsert = db.prepare(`
    INSERT INTO receipts (conversation, user, version, delivered, read) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (conversation, user) DO UPDATE SET
      version = excluded.version, delivered = excluded.delivered, read = excluded.read`);
  return {
    raise(conversation: ConversationId, user: UserId, to: { delivered: Seq; read: Seq }): Receipt | undefined {
      const held = toReceipt(one.get(conversation, user));
      const heard = { user, version: 0, delivered: Math.max(to.delivered, to.read), read: to.read };
      const { delivered, read } = mergeReceipt(held, heard);
      if (held && delivered === held.delivered && read === held.read) return undefined;
      const version = (last.get(conversation) as { version: number }).version + 1;
      upsert.run(conversation, user, version, delivered, read);
      return { user, version, delivered, read };
    },
  };
}

/** Rows come without a prototype. */
const toReceipt = (row: unknown): Receipt | undefined => (row === undefined ? undefined : { ...(row as Receipt) });
