import type { DatabaseSync } from 'node:sqlite';
import type { DeviceId, UserId } from '#sync-protocol';
import type {
  Account,
  CodeRequest,
  GuessLimits,
  Lookup,
  RateWindow,
  Redemption,
  Session,
  SessionEnd,
} from '../../core/accounts-ports.ts';
import { openGivingUp, openMoveReads, openMoves } from './accounts-moves.ts';
import { openPinReads, openPins } from './accounts-pins.ts';
import type { Room } from './room.ts';

type AccountRow = Pick<Account, 'user' | 'name'> & { phone: string | null; signed_up_at: number };
type CodeRow = {
  request_id: string;
  phone: string;
  salt: string;
  code_hash: string;
  digits: number;
  sent_at: number;
  expires_at: number;
  tries: number;
  used: number;
  for_user: UserId | null;
};
type SessionRow = {
  device: DeviceId;
  user: UserId;
  token_hash: string;
  label: string;
  signed_in_at: number;
  used_at: number;
  address: string | null;
  ended_as: SessionEnd | null;
};

/** Codes of a number are counted for a day, wrong guesses at them for 30: what was guessed at is kept a day longer than that. */
const dayMs = 24 * 60 * 60_000;
const codesKeptMs = 2 * dayMs;
const guessesKeptMs = 31 * dayMs;

export const openAccountsRoom = (db: DatabaseSync) =>
  ({
    reads: openReads(db),
    writes: { ...openProbe(db), ...openCodes(db), ...openSessions(db), ...openMoves(db), ...openLookups(db), ...openPins(db) },
  }) satisfies Room;

function openReads(db: DatabaseSync) {
  const keyOf = db.prepare("SELECT value FROM meta WHERE key = 'codeKey'");
  const byUser = db.prepare('SELECT * FROM accounts WHERE user = ?');
  const byPhone = db.prepare('SELECT * FROM accounts WHERE phone = ?');
  const byToken = db.prepare('SELECT * FROM sessions WHERE token_hash = ?');
  const byDevice = db.prepare('SELECT * FROM sessions WHERE device = ?');
  const ofUser = db.prepare('SELECT * FROM sessions WHERE user = ? ORDER BY device');
  const wrongGuesses = openWrongGuesses(db);
  const found = db.prepare('SELECT 1 FROM lookups WHERE user = ? AND found = ?');
  return {
    ...openPinReads(db),
    ...openMoveReads(db),
    codeKey: (): string => (keyOf.get() as { value: string }).value,
    accounts: (users: readonly UserId[]): readonly Account[] =>
      users.map((user) => toAccount(byUser.get(user))).filter((account) => account !== undefined),
    accountByPhone: (phone: string) => toAccount(byPhone.get(phone)),
    wrongGuesses,
    sessionByToken: (tokenHash: string) => toSession(byToken.get(tokenHash)),
    session: (device: DeviceId) => toSession(byDevice.get(device)),
    sessionsOf: (user: UserId) => ofUser.all(user).map((row) => toSession(row)!),
    foundByNumber: (user: UserId, others: readonly UserId[]) => others.filter((other) => found.get(user, other) !== undefined),
  };
}

function openProbe(db: DatabaseSync) {
  const touchMeta = db.prepare(
    "INSERT INTO meta (key, value) VALUES ('probe', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return {
    probe(text: string): void {
      touchMeta.run(text);
    },
  };
}

function openWrongGuesses(db: DatabaseSync) {
  const sum = db.prepare('SELECT coalesce(sum(tries), 0) AS tries FROM codes WHERE phone = ? AND sent_at > ?');
  return (phone: string, since: number): number => (sum.get(phone, since) as { tries: number }).tries;
}

function openCodes(db: DatabaseSync) {
  const nthNewest = db.prepare(
    'SELECT sent_at FROM codes WHERE phone = ? AND sent_at > ? ORDER BY sent_at DESC LIMIT 1 OFFSET ?',
  );
  const insert = db.prepare(
    'INSERT INTO codes (request_id, phone, salt, code_hash, digits, sent_at, expires_at, tries, used, for_user) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)',
  );
  const forget = db.prepare('DELETE FROM codes WHERE sent_at < ?');
  const forgetUntried = db.prepare('DELETE FROM codes WHERE tries = 0 AND sent_at < ?');
  const find = db.prepare('SELECT * FROM codes WHERE request_id = ?');
  const wrongGuesses = openWrongGuesses(db);
  const addTries = db.prepare('UPDATE codes SET tries = tries + ? WHERE request_id = ?');
  return {
    openCode(request: CodeRequest, windows: readonly RateWindow[]): number {
      const { requestId, phone, salt, codeHash, digits, sentAt, expiresAt, tries, forUser } = request;
      const waits = windows.map(({ max, ms }) => {
        const blocking = nthNewest.get(phone, sentAt - ms, max - 1) as { sent_at: number } | undefined;
        return blocking ? blocking.sent_at + ms - sentAt : 0;
      });
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return waitMs;
      forget.run(sentAt - guessesKeptMs);
      forgetUntried.run(sentAt - codesKeptMs);
      insert.run(requestId, phone, salt, codeHash, digits, sentAt, expiresAt, tries, forUser ?? null);
      return 0;
    },
    takeTry(requestId: string, now: number, { perCode, perNumber, stepUp }: GuessLimits): CodeRequest | undefined {
      const row = find.get(requestId) as CodeRow | undefined;
      if (!row || row.used === 1 || row.expires_at <= now || row.tries >= perCode) return undefined;
      const isSpent = ({ max, ms }: RateWindow) => wrongGuesses(row.phone, now - ms) >= max;
      if (isSpent(perNumber) || (row.digits < stepUp.digits && isSpent(stepUp))) return undefined;
      addTries.run(1, requestId);
      return toCode(row);
    },
    returnTry(requestId: string): void {
      addTries.run(-1, requestId);
    },
  };
}

function openSessions(db: DatabaseSync) {
  const isOpen = db.prepare('SELECT 1 FROM codes WHERE request_id = ? AND used = 0');
  const useCode = db.prepare('UPDATE codes SET used = 1 WHERE request_id = ?');
  const holderOf = db.prepare('SELECT user FROM accounts WHERE phone = ?');
  const usedAfter = db.prepare('SELECT 1 FROM sessions WHERE user = ? AND used_at > ?');
  const giveUpNumber = openGivingUp(db);
  const insertAccount = db.prepare('INSERT INTO accounts (user, phone, name, signed_up_at) VALUES (?, ?, ?, ?)');
  const insert = db.prepare(
    'INSERT INTO sessions (device, user, token_hash, label, signed_in_at, used_at, address, ended_as) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)',
  );
  function openSession({ device, user, tokenHash, label, signedInAt, usedAt, address }: Session): void {
    insert.run(device, user, tokenHash, label, signedInAt, usedAt, address ?? null);
  }
  const touch = db.prepare('UPDATE sessions SET used_at = max(used_at, ?) WHERE device = ?');
  const end = db.prepare('UPDATE sessions SET ended_as = ?, address = NULL WHERE device = ? AND ended_as IS NULL');
  return {
    redeem({ requestId, account, session, takenFrom }: Redemption): 'redeemed' | 'used-before' | 'number-taken' | 'in-use' {
      if (!isOpen.get(requestId)) return 'used-before';
      const phone = account?.phone ?? null;
      const holder = holderOf.get(phone) as { user: UserId } | undefined;
      if (holder && holder.user !== takenFrom?.user) return 'number-taken';
      if (holder && takenFrom) {
        if (usedAfter.get(holder.user, takenFrom.quietSince)) return 'in-use';
        giveUpNumber({ user: holder.user, requestId });
      }
      useCode.run(requestId);
      if (account) insertAccount.run(account.user, phone, account.name, account.signedUpAt);
      openSession(session);
      return 'redeemed';
    },
    openSession,
    touchSession(device: DeviceId, usedAt: number): void {
      touch.run(usedAt, device);
    },
    endSession(device: DeviceId, endedAs: SessionEnd): boolean {
      return end.run(endedAs, device).changes === 1;
    },
  };
}

function openLookups(db: DatabaseSync) {
  const find = db.prepare('SELECT at FROM lookups WHERE user = ? AND phone_hash = ?');
  const count = db.prepare('SELECT count(*) AS count FROM lookups WHERE user = ? AND at > ?');
  const upsert = db.prepare(`
    INSERT INTO lookups (user, phone_hash, at, found) VALUES (?, ?, ?, ?)
    ON CONFLICT (user, phone_hash) DO UPDATE SET at = excluded.at, found = excluded.found`);
  return {
    noteLookup({ user, phoneHash, at, found }: Lookup, { max, ms }: RateWindow): boolean {
      const held = find.get(user, phoneHash) as { at: number } | undefined;
      const isNew = held === undefined || held.at <= at - ms;
      if (isNew && (count.get(user, at - ms) as { count: number }).count >= max) return false;
      upsert.run(user, phoneHash, isNew ? at : held.at, found ?? null);
      return true;
    },
  };
}

function toAccount(row: unknown): Account | undefined {
  if (row === undefined) return undefined;
  const { user, phone, name, signed_up_at: signedUpAt } = row as AccountRow;
  return { user, ...(phone !== null && { phone }), name, signedUpAt };
}

function toCode({
  request_id: requestId,
  phone,
  salt,
  code_hash: codeHash,
  digits,
  tries,
  used,
  for_user: forUser,
  ...times
}: CodeRow): CodeRequest {
  const { sent_at: sentAt, expires_at: expiresAt } = times;
  const request = { requestId, phone, salt, codeHash, digits, sentAt, expiresAt, tries } as const;
  return { ...request, state: used === 1 ? 'used' : 'open', ...(forUser !== null && { forUser }) };
}

function toSession(row: unknown): Session | undefined {
  if (row === undefined) return undefined;
  const { device, user, token_hash: tokenHash, label, signed_in_at: signedInAt, used_at: usedAt, ...may } = row as SessionRow;
  const session = { device, user, tokenHash, label, signedInAt, usedAt };
  const { address, ended_as: endedAs } = may;
  return { ...session, ...(address !== null && { address }), ...(endedAs !== null && { endedAs }) };
}
