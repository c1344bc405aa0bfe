import type { DatabaseSync } from 'node:sqlite';
import type { UserId } from '#sync-protocol';
import type { NumberMove } from '../../core/accounts-ports.ts';

/** An account goes on without its number, which another begins with. [AC-13] */
export function openGivingUp(db: DatabaseSync): (user: UserId) => void {
  const clear = db.prepare('UPDATE accounts SET phone = NULL WHERE user = ?');
  const removePin = db.prepare('DELETE FROM pins WHERE user = ?');
  const forgetFinders = openForgetFinders(db);
  return (user) => {
    clear.run(user);
    removePin.run(user);
    forgetFinders.run(user);
  };
}

const openForgetFinders = (db: DatabaseSync) => db.prepare('UPDATE lookups SET found = NULL WHERE found = ?');

export function openMoves(db: DatabaseSync) {
  const isOpen = db.prepare('SELECT 1 FROM codes WHERE request_id = ? AND used = 0');
  const useCode = db.prepare('UPDATE codes SET used = 1 WHERE request_id = ?');
  const holderOf = db.prepare('SELECT user FROM accounts WHERE phone = ?');
  const move = db.prepare('UPDATE accounts SET phone = ? WHERE user = ?');
  const forgetFinders = openForgetFinders(db);
  return {
    moveNumber({ requestId, user, phone }: NumberMove): 'moved' | 'used-before' | 'number-taken' {
      if (!isOpen.get(requestId)) return 'used-before';
      const holder = holderOf.get(phone) as { user: UserId } | undefined;
      if (holder && holder.user !== user) return 'number-taken';
      useCode.run(requestId);
      if (holder) return 'moved';
      move.run(phone, user);
      forgetFinders.run(user);
      return 'moved';
    },
  };
}
