import type { DatabaseSync } from 'node:sqlite';
import type { DeviceId, UserId } from '#sync-protocol';
import type { Approval, DeviceLink } from '../../core/linking-ports.ts';
import type { Room } from './room.ts';

export const deviceLinksTables = `
CREATE TABLE device_links (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL UNIQUE,
  token_hash TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  address TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  approved_user TEXT,
  approved_device TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX device_links_by_age ON device_links (expires_at);
`;

type LinkRow = {
  id: string;
  secret_hash: string;
  token_hash: string;
  code_hash: string;
  label: string;
  address: string;
  started_at: number;
  expires_at: number;
  state: DeviceLink['state'];
  approved_user: UserId | null;
  approved_device: DeviceId | null;
};

export const openDeviceLinksRoom = (db: DatabaseSync) => ({ reads: openReads(db), writes: openWrites(db) }) satisfies Room;

function openReads(db: DatabaseSync) {
  const bySecret = db.prepare('SELECT * FROM device_links WHERE secret_hash = ? AND expires_at > ?');
  const byToken = db.prepare("SELECT * FROM device_links WHERE token_hash = ? AND expires_at > ? AND state = 'open'");
  const byCode = db.prepare("SELECT * FROM device_links WHERE code_hash = ? AND expires_at > ? AND state = 'open'");
  return {
    bySecret: (secretHash: string, now: number) => toLink(bySecret.get(secretHash, now)),
    openBy: (what: 'token' | 'code', hash: string, now: number) => toLink((what === 'token' ? byToken : byCode).get(hash, now)),
  };
}

function openWrites(db: DatabaseSync) {
  const forget = db.prepare('DELETE FROM device_links WHERE expires_at <= ?');
  const codeTaken = db.prepare('SELECT 1 FROM device_links WHERE code_hash = ?');
  const insert = db.prepare(`
    INSERT INTO device_links (id, secret_hash, token_hash, code_hash, label, address, started_at, expires_at, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const approve = db.prepare(`
    UPDATE device_links SET state = 'approved', approved_user = ?, approved_device = ?, expires_at = ?
    WHERE id = ? AND state = 'open' AND expires_at > ?`);
  const deny = db.prepare("UPDATE device_links SET state = 'denied' WHERE id = ? AND state = 'open' AND expires_at > ?");
  const collect = db.prepare(`
    UPDATE device_links SET state = 'collected' WHERE secret_hash = ? AND state = 'approved' AND expires_at > ? RETURNING *`);
  return {
    open(link: DeviceLink, now: number): boolean {
      forget.run(now);
      const { id, secretHash, tokenHash, codeHash, label, address, startedAt, expiresAt, state } = link;
      if (codeTaken.get(codeHash)) return false;
      insert.run(id, secretHash, tokenHash, codeHash, label, address, startedAt, expiresAt, state);
      return true;
    },
    approve: (id: string, { by, expiresAt }: Approval, now: number): boolean =>
      approve.run(by.user, by.device, expiresAt, id, now).changes === 1,
    deny: (id: string, now: number): boolean => deny.run(id, now).changes === 1,
    collect: (secretHash: string, now: number) => toLink(collect.get(secretHash, now)),
  };
}

function toLink(row: unknown): DeviceLink | undefined {
  if (row === undefined) return undefined;
  const { secret_hash: secretHash, token_hash: tokenHash, code_hash: codeHash, started_at: startedAt, ...rest } = row as LinkRow;
  const { id, label, address, expires_at: expiresAt, state, approved_user: user, approved_device: device } = rest;
  const approvedBy = user !== null && device !== null && { user, device };
  return {
    id,
    secretHash,
    tokenHash,
    codeHash,
    label,
    address,
    startedAt,
    expiresAt,
    state,
    ...(approvedBy && { approvedBy }),
  };
}
