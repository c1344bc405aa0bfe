import type { UserId } from '#sync-protocol';
import type { Account, AccountStore, CodeRequest, Secrets } from './accounts-ports.ts';
import { codeInvalid, type Codes, type CodeSent } from './codes.ts';
import type { PinNeeded, Pins } from './pins.ts';
import type { Clock } from './ports.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

/** How long none of an account's devices must have been used before its number may begin another one without its PIN. [AC-13] */
export const quietMs = 7 * 24 * 60 * 60_000;

export type Verified =
  | { readonly kind: 'name-needed' }
  /** `canStartAnew`: the account was quiet for so long that its number may begin another one. */
  | (PinNeeded & { readonly canStartAnew: boolean })
  | { readonly kind: 'signed-in'; readonly account: Account; readonly session: OpenedSession };

type Given = {
  readonly name?: string | undefined;
  readonly pin?: string | undefined;
  /** The PIN is forgotten: begin another account with this number, without what the old one had. [AC-13] */
  readonly anew?: boolean | undefined;
  readonly label: string;
  readonly address?: string | undefined;
};

export interface Accounts {
  /** Sends a code, alike for numbers that are known here and numbers that are not. [AC-3] */
  start(request: { phone: string; address: string }): Promise<CodeSent>;
  /** What the right code opens. Whether a number is known, and has a PIN, is told to nobody else. [AC-3][AC-12] */
  verify(request: Given & { requestId: string; code: string }): Promise<Verified>;
}

type AccountsDeps = {
  readonly store: AccountStore;
  readonly codes: Codes;
  readonly pins: Pins;
  readonly sessions: Sessions;
  readonly secrets: Secrets;
  readonly clock: Clock;
};

export function createAccounts({ store, codes, pins, sessions, secrets, clock }: AccountsDeps): Accounts {
  async function enter(request: CodeRequest, given: Given): Promise<Verified> {
    const known = await store.accountByPhone(request.phone);
    if (!known) return signUp(request, given);
    const check = await pins.check(known.user, given.pin);
    if (check.kind === 'passed') return signIn(request, known, given);
    const quietSince = clock.now() - quietMs;
    const used = (await store.sessionsOf(known.user)).map(({ usedAt }) => usedAt);
    const canStartAnew = Math.max(0, ...used) <= quietSince;
    if (canStartAnew && given.anew) return signUp(request, given, { user: known.user, quietSince });
    return { ...check, canStartAnew };
  }

  async function signIn({ requestId }: CodeRequest, account: Account, { label, address }: Given): Promise<Verified> {
    const session = sessions.make(account.user, label, address);
    const outcome = await store.redeem({ requestId, session: session.stored });
    if (outcome !== 'redeemed') throw codeInvalid();
    return { kind: 'signed-in', account, session };
  }

  async function signUp(request: CodeRequest, given: Given, takenFrom?: Taken): Promise<Verified> {
    const { requestId, phone } = request;
    const { name, label, address } = given;
    if (name === undefined) return { kind: 'name-needed' };
    const account = { user: secrets.newId() as UserId, phone, name: name.trim(), signedUpAt: clock.now() };
    const session = sessions.make(account.user, label, address);
    const outcome = await store.redeem({ requestId, account, session: session.stored, ...(takenFrom && { takenFrom }) });
    if (outcome === 'redeemed') return { kind: 'signed-in', account, session };
    if (outcome === 'used-before') throw codeInvalid();
    // The number signed up with another code a moment ago, or the quiet account was used just now: then it is not free.
    return enter(request, { ...given, anew: false });
  }

  return {
    start: (request) => codes.send(request),
    verify: async ({ requestId, code, ...given }) => enter(await codes.prove({ requestId, code }), given),
  };
}

type Taken = { readonly user: UserId; readonly quietSince: number };
