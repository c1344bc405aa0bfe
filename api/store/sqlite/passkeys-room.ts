import type { DatabaseSync } from 'node:sqlite';
import type { UserId } from '#sync-protocol';
import type { Challenge, Passkey } from '../../core/passkeys-ports.ts';
import type { Room } from './room.ts';

export const passkeysTables = `
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  rp_id TEXT NOT NULL,
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL,
  name TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_of_user ON passkeys (user, added_at);

CREATE TABLE challenges (
  holder TEXT PRIMARY KEY,
  challenge TEXT NOT NULL,
  origin TEXT NOT NULL,
  rp_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_by_age ON challenges (expires_at);
`;

type PasskeyRow = {
  id: string;
  user: UserId;
  credential_id: string;
  public_key: string;
  rp_id: string;
  counter: number;
  transports: string;
  name: string;
  added_at: number;
  used_at: number | null;
};
type ChallengeRow = { holder: string; challenge: string; origin: string; rp_id: string; expires_at: number };

export const openPasskeysRoom = (db: DatabaseSync) =>
  ({ reads: openReads(db), writes: { ...openChallenges(db), ...openWrites(db) } }) satisfies Room;

function openReads(db: DatabaseSync) {
  const byCredential = db.prepare('SELECT * FROM passkeys WHERE credential_id = ?');
  const ofUser = db.prepare('SELECT * FROM passkeys WHERE user = ? ORDER BY added_at, id');
  return {
    byCredential: (credentialId: string) => toPasskey(byCredential.get(credentialId)),
    ofUser: (user: UserId) => ofUser.all(user).map((row) => toPasskey(row)!),
  };
}

function openChallenges(db: DatabaseSync) {
  const forget = db.prepare('DELETE FROM challenges WHERE expires_at <= ?');
  const upsert = db.prepare(
    'INSERT OR REPLACE INTO challenges (holder, challenge, origin, rp_id, expires_at) VALUES (?, ?, ?, ?, ?)',
  );
  const take = db.prepare('DELETE FROM challenges WHERE holder = ? RETURNING *');
  return {
    openChallenge({ holder, challenge, origin, rpId, expiresAt }: Challenge, now: number): void {
      forget.run(now);
      upsert.run(holder, challenge, origin, rpId, expiresAt);
    },
    takeChallenge(holder: string, now: number): Challenge | undefined {
      const row = take.get(holder) as ChallengeRow | undefined;
      if (!row || row.expires_at <= now) return undefined;
      const { challenge, origin, rp_id: rpId, expires_at: expiresAt } = row;
      return { holder, challenge, origin, rpId, expiresAt };
    },
  };
}

function openWrites(db: DatabaseSync) {
  const known = db.prepare('SELECT 1 FROM passkeys WHERE credential_id = ?');
  const count = db.prepare('SELECT count(*) AS count FROM passkeys WHERE user = ?');
  const insert = db.prepare(`
    INSERT INTO passkeys (id, user, credential_id, public_key, rp_id, counter, transports, name, added_at, used_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare('SELECT * FROM passkeys WHERE id = ?');
  const use = db.prepare('UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ?');
  const rename = db.prepare('UPDATE passkeys SET name = ? WHERE user = ? AND id = ?');
  const remove = db.prepare('DELETE FROM passkeys WHERE user = ? AND id = ?');
  return {
    add(passkey: Passkey, max: number): 'added' | 'known' | 'full' {
      const { id, user, credentialId, publicKey, rpId, counter, transports, name, addedAt, usedAt } = passkey;
      if (known.get(credentialId)) return 'known';
      if ((count.get(user) as { count: number }).count >= max) return 'full';
      const joined = transports.join(' ');
      insert.run(id, user, credentialId, publicKey, rpId, counter, joined, name, addedAt, usedAt ?? null);
      return 'added';
    },
    use(id: string, { counter, at }: { counter: number; at: number }): 'used' | 'not-risen' | 'gone' {
      const held = toPasskey(find.get(id));
      if (!held) return 'gone';
      if ((counter > 0 || held.counter > 0) && counter <= held.counter) return 'not-risen';
      use.run(counter, at, id);
      return 'used';
    },
    rename: (user: UserId, id: string, name: string): boolean => rename.run(name, user, id).changes === 1,
    remove: (user: UserId, id: string): boolean => remove.run(user, id).changes === 1,
  };
}

function toPasskey(row: unknown): Passkey | undefined {
  if (row === undefined) return undefined;
  const { id, user, credential_id: credentialId, public_key: publicKey, rp_id: rpId, ...rest } = row as PasskeyRow;
  const { counter, transports, name, added_at: addedAt, used_at: usedAt } = rest;
  return {
    id,
    user,
    credentialId,
    publicKey,
    rpId,
    counter,
    transports: transports === '' ? [] : transports.split(' '),
    name,
    addedAt,
    ...(usedAt !== null && { usedAt }),
  };
}
