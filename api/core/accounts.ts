import { limits, Refusal, type UserId } from '#sync-protocol';
import type {
  Account,
  AccountStore,
  CodeRequest,
  GuessLimits,
  PhoneNumbers,
  RateLimit,
  Secrets,
  SmsGateway,
} from './accounts-ports.ts';
import type { Clock } from './ports.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const expiresInMs = limits.codeMinutes * minuteMs;
const resendInMs = 30 * secondMs;

/** How many codes one number is sent. [AC-2] */
export const codesPerNumber = [
  { max: 1, ms: resendInMs },
  { max: 5, ms: hourMs },
  { max: 10, ms: dayMs },
] as const;

/**
 * Two codes' worth a day: whoever wastes them keeps the number from signing in anew for a day at most, never for longer. Three
 * codes' worth in 30 days, and codes become too long to be guessed, which keeps nobody out. [AC-2][AC-11]
 */
export const guessLimits = {
  perCode: limits.codeTriesMax,
  perNumber: { max: 2 * limits.codeTriesMax, ms: dayMs },
  stepUp: { max: 3 * limits.codeTriesMax, ms: 30 * dayMs, digits: limits.codeDigitsSteppedUp },
} as const satisfies GuessLimits;

export type CodeSent = {
  readonly requestId: string;
  readonly digits: number;
  readonly expiresInMs: number;
  readonly resendInMs: number;
  readonly sentTo?: 'console';
};
export type Verified =
  | { readonly kind: 'name-needed' }
  | { readonly kind: 'signed-in'; readonly account: Account; readonly session: OpenedSession };

export interface Accounts {
  /** Sends a code, alike for numbers that are known here and numbers that are not. [AC-3] */
  start(request: { phone: string; address: string }): Promise<CodeSent>;
  verify(request: { requestId: string; code: string; name?: string | undefined; label: string }): Promise<Verified>;
}

type AccountsDeps = {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly phones: PhoneNumbers;
  readonly sms: SmsGateway;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly codesPerAddress: RateLimit;
  readonly codesInAll: RateLimit;
};

export function createAccounts({ store, sessions, phones, sms, secrets, clock, ...rates }: AccountsDeps): Accounts {
  async function start({ phone: typed, address }: { phone: string; address: string }): Promise<CodeSent> {
    const phone = phones.parse(typed);
    if (!phone) throw new Refusal('malformed', 'phone: a number with its country code, such as +41446681800');
    await take(rates.codesPerAddress, address);
    const code = secrets.newCode(await digitsFor(phone));
    const request = await makeRequest(phone, code);
    const waitMs = await store.openCode(request, codesPerNumber);
    if (waitMs > 0) throw new Refusal('too-fast', 'this number was sent enough codes', { retryAfterMs: waitMs });
    await take(rates.codesInAll, 'all');
    await sms.sendCode(phone, code).catch((cause: unknown) => {
      throw new Refusal('unavailable', 'the code could not be sent', { cause });
    });
    const { requestId, digits } = request;
    return { requestId, digits, expiresInMs, resendInMs, ...(sms.isConsole && { sentTo: 'console' as const }) };
  }

  async function digitsFor(phone: string): Promise<number> {
    const { max, ms, digits } = guessLimits.stepUp;
    return (await store.wrongGuesses(phone, clock.now() - ms)) < max ? limits.codeDigits : digits;
  }

  async function makeRequest(phone: string, code: string): Promise<CodeRequest> {
    const salt = secrets.newToken(16);
    const codeHash = await secrets.hashCode(code, salt, await store.codeKey());
    const sentAt = clock.now();
    const requestId = secrets.newToken(16);
    const expiresAt = sentAt + expiresInMs;
    return { requestId, phone, salt, codeHash, digits: code.length, sentAt, expiresAt, tries: 0, state: 'open' };
  }

  /** One refusal for every reason, so that a guess learns nothing but that it failed. [AC-1] */
  async function verify({ requestId, code, name, label }: Parameters<Accounts['verify']>[0]): Promise<Verified> {
    const request = await store.takeTry(requestId, clock.now(), guessLimits);
    if (!request) throw codeInvalid();
    const hash = await secrets.hashCode(code, request.salt, await store.codeKey());
    if (!secrets.equal(hash, request.codeHash)) throw codeInvalid();
    await store.returnTry(requestId);
    const known = await store.accountByPhone(request.phone);
    if (!known && name === undefined) return { kind: 'name-needed' };
    return signIn(request, known ?? newAccount(request.phone, name!), { isNew: !known, label });
  }

  async function signIn(
    request: CodeRequest,
    account: Account,
    { isNew, label }: { isNew: boolean; label: string },
  ): Promise<Verified> {
    const session = sessions.make(account.user, label);
    const { requestId } = request;
    const outcome = await store.redeem({ requestId, ...(isNew && { account }), session: session.stored });
    if (outcome === 'redeemed') return { kind: 'signed-in', account, session };
    // The same number signed up with another code a moment ago: that account is theirs.
    const taken = outcome === 'number-taken' ? await store.accountByPhone(request.phone) : undefined;
    if (!taken || !isNew) throw codeInvalid();
    return signIn(request, taken, { isNew: false, label });
  }

  const newAccount = (phone: string, name: string): Account => ({
    user: secrets.newId() as UserId,
    phone,
    name: name.trim(),
    signedUpAt: clock.now(),
  });

  return { start, verify };
}

const codeInvalid = () => new Refusal('code-invalid', 'wrong, used or expired: ask for a new code');

async function take(rate: RateLimit, key: string): Promise<void> {
  const retryAfterMs = await rate.take(key);
  if (retryAfterMs > 0) throw new Refusal('too-fast', 'too many codes were asked for', { retryAfterMs });
}
