import type { DatabaseSync } from 'node:sqlite';
import type { UserId } from '#sync-protocol';
import type { NumberMove, NumberUntold } from '../../core/accounts-ports.ts';

/** An account goes on without its number, which another begins with. [AC-13] */
export function openGivingUp(db: DatabaseSync): (given: NumberUntold) => void {
  const clear = db.prepare('UPDATE accounts SET phone = NULL WHERE user = ?');
  const removePin = db.prepare('DELETE FROM pins WHERE user = ?');
  const noteMoved = openNoteMoved(db);
  return (given) => {
    clear.run(given.user);
    removePin.run(given.user);
    noteMoved(given);
  };
}

/** Whoever found the person by the number does not know one any more, and the person's own devices are to be told. */
function openNoteMoved(db: DatabaseSync): (moved: NumberUntold) => void {
  const forgetFinders = db.prepare('UPDATE lookups SET found = NULL WHERE found = ?');
  const note = db.prepare('INSERT OR REPLACE INTO numbers_untold (user, request_id) VALUES (?, ?)');
  return ({ user, requestId }) => {
    forgetFinders.run(user);
    note.run(user, requestId);
  };
}

export function openMoves(db: DatabaseSync) {
  const isOpen = db.prepare('SELECT 1 FROM codes WHERE request_id = ? AND used = 0');
  const useCode = db.prepare('UPDATE codes SET used = 1 WHERE request_id = ?');
  const holderOf = db.prepare('SELECT user FROM accounts WHERE phone = ?');
  const move = db.prepare('UPDATE accounts SET phone = ? WHERE user = ?');
  const noteMoved = openNoteMoved(db);
  const told = db.prepare('DELETE FROM numbers_untold WHERE user = ? AND request_id = ?');
  return {
    moveNumber({ requestId, user, phone }: NumberMove): 'moved' | 'used-before' | 'number-taken' {
      if (!isOpen.get(requestId)) return 'used-before';
      const holder = holderOf.get(phone) as { user: UserId } | undefined;
      if (holder && holder.user !== user) return 'number-taken';
      useCode.run(requestId);
      if (holder) return 'moved';
      move.run(phone, user);
      noteMoved({ user, requestId });
      return 'moved';
    },
    numberTold({ user, requestId }: NumberUntold): void {
      told.run(user, requestId);
    },
  };
}

export function openMoveReads(db: DatabaseSync) {
  const untold = db.prepare('SELECT user, request_id AS requestId FROM numbers_untold ORDER BY user');
  return { numbersUntold: () => untold.all() as NumberUntold[] };
}
