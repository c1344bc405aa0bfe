import type { DatabaseSync } from 'node:sqlite';
import type { UserId } from '#sync-protocol';
import type { Pin } from '../../core/accounts-ports.ts';

export function openPinReads(db: DatabaseSync) {
  const find = db.prepare('SELECT salt, hash, tries, tried_at AS triedAt FROM pins WHERE user = ?');
  return {
    pin: (user: UserId): Pin | undefined => {
      const row = find.get(user) as Pin | undefined;
      return row && { ...row };
    },
  };
}

export function openPins(db: DatabaseSync) {
  const put = db.prepare('INSERT OR REPLACE INTO pins (user, salt, hash, tries, tried_at) VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM pins WHERE user = ?');
  const count = db.prepare('UPDATE pins SET tries = tries + 1, tried_at = ? WHERE user = ? AND tries = ?');
  const clear = db.prepare('UPDATE pins SET tries = 0 WHERE user = ?');
  return {
    setPin(user: UserId, pin: Pin | undefined): void {
      if (pin) put.run(user, pin.salt, pin.hash, pin.tries, pin.triedAt);
      else remove.run(user);
    },
    countPinTry(user: UserId, tries: number, at: number): boolean {
      return count.run(at, user, tries).changes === 1;
    },
    clearPinTries(user: UserId): void {
      clear.run(user);
    },
  };
}
