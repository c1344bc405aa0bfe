/** What signing in needs of the world. */
import type { DeviceId, UserId } from '#sync-protocol';

export type Account = {
  readonly user: UserId;
  /** E.164. Absent once another account began with it: decisions/0005. [AC-13] */
  readonly phone?: string;
  /** As given when signing up. What a person changed since is in their self log. */
  readonly name: string;
  readonly signedUpAt: number;
};

/**
 * A code that was sent, and how far its request came.
 *
 *   open ──right code, name needed──► proved ──right code and a name──► used
 *     └──────────────right code, and the name is known──────────────────►
 */
export type CodeRequest = {
  readonly requestId: string;
  readonly phone: string;
  readonly salt: string;
  readonly codeHash: string;
  readonly digits: number;
  readonly sentAt: number;
  readonly expiresAt: number;
  /** Wrong guesses, and those being compared right now. */
  readonly tries: number;
  readonly state: 'open' | 'used';
  /** Whose number it is to change; absent: it is for signing in. [AC-14] */
  readonly forUser?: UserId;
};

/** What is asked for besides the code when its person signs in on a new device. [AC-12] */
export type Pin = {
  readonly salt: string;
  readonly hash: string;
  /** Wrong tries since the last right one, and those being compared right now. */
  readonly tries: number;
  readonly triedAt: number;
};

/** One signed-in browser or script. `endedAs` is kept so that a device which was away learns why. */
export type Session = {
  readonly device: DeviceId;
  readonly user: UserId;
  readonly tokenHash: string;
  readonly label: string;
  readonly signedInAt: number;
  readonly usedAt: number;
  /** Where it was signed in from, as the server saw it; forgotten when it ends. [AC-15] */
  readonly address?: string;
  readonly endedAs?: SessionEnd;
};
export type SessionEnd = 'revoked' | 'signed-out';

/** At most `max` in any stretch of `ms`. */
export type RateWindow = { readonly max: number; readonly ms: number };

/** How many guesses are compared, wrong ones and those being compared right now. [AC-2][AC-11] */
export type GuessLimits = {
  readonly perCode: number;
  readonly perNumber: RateWindow;
  /** Once a number has had so many, a code of fewer than `digits` is compared no more. */
  readonly stepUp: RateWindow & { readonly digits: number };
};

/** People, codes and sessions. One contract suite (tests/contract/account-store.ts), every adapter passes it. */
export interface AccountStore {
  /** The secret half of every code's hash, hex, made with the store. [AC-1] */
  codeKey(): Promise<string>;

  account(user: UserId): Promise<Account | undefined>;
  accounts(users: readonly UserId[]): Promise<readonly Account[]>;
  accountByPhone(phone: string): Promise<Account | undefined>;

  /** Stores the request and answers 0, or answers how long until every window of this number has room. One step. [AC-2] */
  openCode(request: CodeRequest, windows: readonly RateWindow[]): Promise<number>;
  /**
   * Counts one try and answers the request, or `undefined` when it is used, expired, unknown or beyond one of the limits.
   * One step, so that guesses at once are counted one by one. [AC-1]
   */
  takeTry(requestId: string, now: number, guesses: GuessLimits): Promise<CodeRequest | undefined>;
  /** Wrong guesses at codes sent to this number after `since`, for as long as `stepUp.ms` back. [AC-11] */
  wrongGuesses(phone: string, since: number): Promise<number>;
  /** A right code is no wrong guess. */
  returnTry(requestId: string): Promise<void>;
  /** Uses the code up, with the account it makes (if any) and the session it opens: all or nothing. [AC-1] */
  redeem(redemption: Redemption): Promise<'redeemed' | 'used-before' | 'number-taken' | 'in-use'>;
  /** Uses the code up and gives the account this number; whoever had found it by its old one no longer knows one. One step. [AC-14] */
  moveNumber(move: NumberMove): Promise<'moved' | 'used-before' | 'number-taken'>;
  /** Whose number is another or none since a request, and whose devices were not told yet: noted in the step that changed it. [AC-14] */
  numbersUntold(): Promise<readonly NumberUntold[]>;
  /** Not any more, unless the number has changed again since. */
  numberTold(told: NumberUntold): Promise<void>;

  pin(user: UserId): Promise<Pin | undefined>;
  setPin(user: UserId, pin: Pin | undefined): Promise<void>;
  /** Counts a try if `tries` were counted before; false when another came between. One step. [AC-12] */
  countPinTry(user: UserId, tries: number, at: number): Promise<boolean>;
  clearPinTries(user: UserId): Promise<void>;

  /** Of a session that was proven by other means than a code: a passkey, a device that is signed in. */
  openSession(session: Session): Promise<void>;
  sessionByToken(tokenHash: string): Promise<Session | undefined>;
  session(device: DeviceId): Promise<Session | undefined>;
  sessionsOf(user: UserId): Promise<readonly Session[]>;
  touchSession(device: DeviceId, usedAt: number): Promise<void>;
  /** False when it had ended before: the first reason stays. */
  endSession(device: DeviceId, endedAs: SessionEnd): Promise<boolean>;

  /** Notes who looked which number up; false when that would be the caller's `window.max + 1`st new number. One step. [AC-2] */
  noteLookup(lookup: Lookup, window: RateWindow): Promise<boolean>;
  /** Which of these people `user` found by their number. */
  foundByNumber(user: UserId, others: readonly UserId[]): Promise<ReadonlySet<UserId>>;

  /** Writes something that means nothing, to see whether writing works again. */
  probe(): Promise<void>;
}

export type Redemption = {
  readonly requestId: string;
  readonly account?: Account;
  readonly session: Session;
  /** The account that gives its number up to the new one, and with it its PIN, unless a device of it was used after `quietSince`. [AC-13] */
  readonly takenFrom?: { readonly user: UserId; readonly quietSince: number };
};
export type NumberMove = { readonly requestId: string; readonly user: UserId; readonly phone: string };
export type NumberUntold = Pick<NumberMove, 'requestId' | 'user'>;
/** The number itself is not kept: most numbers looked up belong to people who never came here. */
export type Lookup = { readonly user: UserId; readonly phoneHash: string; readonly at: number; readonly found?: UserId };

/** Chance and one-way functions. */
export interface Secrets {
  /** A UUID version 7 at this time. */
  newId(): string;
  /** 128 random bits or more, safe in a URL. */
  newToken(bytes: number): string;
  newCode(digits: number): string;
  hashToken(token: string): string;
  keyedHash(key: string, text: string): string;
  /** Slow on purpose, and without blocking. */
  hashCode(code: string, salt: string, key: string): Promise<string>;
  equal(one: string, other: string): boolean;
}

export interface PhoneNumbers {
  /** E.164, or `undefined` when it is no number that could exist. Without a leading `+` it is read as in the country of `like`. */
  parse(text: string, like?: string): string | undefined;
  /** ISO 3166 alpha-2 of a number in E.164, or `undefined` where that is not one country. */
  countryOf(phone: string): string | undefined;
}

export interface SmsGateway {
  /** Resolves when the message was handed over. Its failure is the caller's `unavailable`. */
  sendCode(phone: string, code: string): Promise<void>;
  /** Codes go nowhere but to the console of the server: whoever signs in must be told where to look. */
  readonly isConsole?: true;
}

/** At most so many of something per key. Answers 0, or how long to wait. */
export interface RateLimit {
  take(key: string): Promise<number>;
}
