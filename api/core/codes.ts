import { limits, Refusal, type UserId } from '#sync-protocol';
import type { AccountStore, CodeRequest, GuessLimits, PhoneNumbers, RateLimit, Secrets, SmsGateway } from './accounts-ports.ts';
import type { CodeWatch } from './code-watch.ts';
import type { Clock } from './ports.ts';

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

/** Numbers that share all but these belong to one block of ten thousand, which is how they are bought by whoever is paid for each text message. [AC-2] */
const blockDigits = 4;

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
/** What a code is for: signing in, or giving `forUser` another number. One does not do for the other. [AC-1] */
type Purpose = { readonly forUser?: UserId };

export interface Codes {
  send(request: Purpose & { phone: string; address: string }): Promise<CodeSent>;
  /** Refuses with `code-invalid` for every reason, so that a guess learns nothing but that it failed. Does not use the code up. */
  prove(request: Purpose & { requestId: string; code: string }): Promise<CodeRequest>;
}

export type CodesDeps = {
  readonly store: AccountStore;
  readonly phones: PhoneNumbers;
  readonly sms: SmsGateway;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly codesPerAddress: RateLimit;
  readonly codesPerBlock: RateLimit;
  readonly codesInAll: RateLimit;
  /** ISO 3166 alpha-2; empty is everywhere. */
  readonly countries: readonly string[];
  readonly watch: CodeWatch;
};

/** Numbers are proved here, alike whether or not somebody here has them. [AC-3] */
export function createCodes({ store, phones, sms, secrets, clock, countries, watch, ...rates }: CodesDeps): Codes {
  async function send({ phone: typed, address, ...purpose }: Parameters<Codes['send']>[0]): Promise<CodeSent> {
    const phone = phones.parse(typed);
    if (!phone) throw new Refusal('malformed', 'phone: a number with its country code, such as +41446681800');
    if (countries.length > 0 && !countries.includes(phones.countryOf(phone) ?? ''))
      throw new Refusal('forbidden', 'no codes are sent to this country');
    await take(rates.codesPerAddress, address);
    const code = secrets.newCode(await digitsFor(phone));
    const request = { ...(await makeRequest(phone, code)), ...purpose };
    const waitMs = await store.openCode(request, codesPerNumber);
    if (waitMs > 0) throw new Refusal('too-fast', 'this number was sent enough codes', { retryAfterMs: waitMs });
    await take(rates.codesPerBlock, phone.slice(0, -blockDigits));
    await take(rates.codesInAll, 'all');
    await sms.sendCode(phone, code).catch((cause: unknown) => {
      throw new Refusal('unavailable', 'the code could not be sent', { cause });
    });
    const { requestId, digits } = request;
    watch.sent(requestId);
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

  async function prove({ requestId, code, forUser }: Parameters<Codes['prove']>[0]): Promise<CodeRequest> {
    const request = await store.takeTry(requestId, clock.now(), guessLimits);
    if (!request) throw codeInvalid();
    const hash = await secrets.hashCode(code, request.salt, await store.codeKey());
    if (!secrets.equal(hash, request.codeHash) || request.forUser !== forUser) throw codeInvalid();
    await store.returnTry(requestId);
    watch.proved(requestId);
    return request;
  }

  return { send, prove };
}

export const codeInvalid = () => new Refusal('code-invalid', 'wrong, used or expired: ask for a new code');

async function take(rate: RateLimit, key: string): Promise<void> {
  const retryAfterMs = await rate.take(key);
  if (retryAfterMs > 0) throw new Refusal('too-fast', 'too many codes were asked for', { retryAfterMs });
}
