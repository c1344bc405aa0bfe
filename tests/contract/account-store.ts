import { beforeEach, describe, expect, test } from 'vitest';
import { aDevice, aUser } from '#sync-protocol/testing';
import type { Account, AccountStore, CodeRequest, GuessLimits, Session } from '../../api/core/accounts-ports.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)];
const secondMs = 1_000;
const dayMs = 86_400 * secondMs;
const now = 1_700_000_000_000;
const windows = [
  { max: 1, ms: 30 * secondMs },
  { max: 3, ms: dayMs },
];
const plenty = { max: 1_000, ms: dayMs };
const guesses: GuessLimits = { perCode: 5, perNumber: plenty, stepUp: { max: 1_000, ms: dayMs, digits: 10 } };

function aCode(n: number, parts: Partial<CodeRequest> = {}): CodeRequest {
  const sentAt = parts.sentAt ?? now;
  const fixed = { requestId: `request-${n}`, phone: '+1', salt: 'salt', codeHash: 'hash', digits: 6 } as const;
  return { ...fixed, tries: 0, state: 'open', sentAt, expiresAt: sentAt + 600 * secondMs, ...parts };
}
const anAccount = (parts: Partial<Account> = {}): Account => ({
  user: ann,
  phone: '+1',
  name: 'Ann',
  signedUpAt: now,
  ...parts,
});
const aSession = (n: number, parts: Partial<Session> = {}): Session => ({
  device: aDevice(n),
  user: ann,
  tokenHash: `token-${n}`,
  label: 'Firefox',
  signedInAt: now,
  usedAt: now,
  ...parts,
});

/** What every adapter of `AccountStore` keeps: its comments in api/core/accounts-ports.ts, sentence by sentence. */
export function describeAccountStore(name: string, create: () => Promise<AccountStore>): void {
  describe(`${name} account store`, () => {
    let store: AccountStore;
    beforeEach(async () => void (store = await create()));
    describe('codes', () => {
      describeCodes(() => store);
    });
    describe('people', () => {
      describePeople(() => store);
    });
    describe('sessions', () => {
      describeSessions(() => store);
    });
    describe('numbers and PINs', () => {
      describeNumbers(() => store);
      describePins(() => store);
    });
    describe('lookups', () => {
      describeLookups(() => store);
    });
  });
}

function describeCodes(of: () => AccountStore): void {
  const tryOnce = (n: number, { at = now, ...changed }: Partial<GuessLimits> & { at?: number } = {}) =>
    of().takeTry(`request-${n}`, at, { ...guesses, ...changed });

  test('[AC-1] the key of the codes is the store’s own and stays', async () => {
    expect(await of().codeKey()).toMatch(/^[0-9a-f]{64}$/);
    expect(await of().codeKey()).toBe(await of().codeKey());
  });

  test('[AC-2] a number is sent as many codes as its windows have room for, and told how long to wait', async () => {
    const open = (n: number, sentAt: number, phone = '+1') => of().openCode(aCode(n, { sentAt, phone }), windows);
    expect(await open(1, now)).toBe(0);
    expect(await open(2, now + 10 * secondMs)).toBe(20 * secondMs);
    expect(await open(3, now + 10 * secondMs, '+2')).toBe(0);
    expect(await open(4, now + 30 * secondMs)).toBe(0);
    expect(await open(5, now + 60 * secondMs)).toBe(0);
    expect(await open(6, now + 90 * secondMs)).toBe(dayMs - 90 * secondMs);
    expect(await open(7, now + dayMs)).toBe(0);
    expect(await tryOnce(2)).toBeUndefined();
  });

  test('[AC-2] of many that ask at once, one is sent a code', async () => {
    const asked = Array.from({ length: 20 }, (_, n) => of().openCode(aCode(n), windows));
    expect((await Promise.all(asked)).filter((waitMs) => waitMs === 0)).toHaveLength(1);
  });

  test('[AC-1] of a thousand guesses at once, five are compared', async () => {
    await of().openCode(aCode(1), windows);
    const guesses = await Promise.all(Array.from({ length: 1_000 }, () => tryOnce(1)));
    expect(guesses.filter((request) => request !== undefined)).toHaveLength(5);
  });

  test('[AC-1] a try that was right is given back; an unknown, expired or used code is not there', async () => {
    await of().openCode(aCode(1), windows);
    for (let i = 0; i < 8; i++) {
      expect(await tryOnce(1)).toMatchObject({ requestId: 'request-1', codeHash: 'hash', phone: '+1' });
      await of().returnTry('request-1');
    }
    expect(await tryOnce(2)).toBeUndefined();
    expect(await tryOnce(1, { at: now + 600 * secondMs })).toBeUndefined();
    await of().redeem({ requestId: 'request-1', session: aSession(1) });
    expect(await tryOnce(1)).toBeUndefined();
  });

  test('[AC-2] wrong guesses are counted over all codes of a number', async () => {
    const perNumber = { max: 3, ms: 30 * dayMs };
    await of().openCode(aCode(1), [plenty]);
    await of().openCode(aCode(2, { sentAt: now + 1 }), [plenty]);
    await of().openCode(aCode(3, { phone: '+2' }), [plenty]);
    expect(await tryOnce(1, { perNumber })).toBeDefined();
    expect(await tryOnce(1, { perNumber })).toBeDefined();
    expect(await tryOnce(2, { perNumber })).toBeDefined();
    expect(await tryOnce(2, { perNumber })).toBeUndefined();
    expect(await tryOnce(3, { perNumber })).toBeDefined();
    await of().openCode(aCode(4, { sentAt: now + 30 * dayMs + 2 }), [plenty]);
    expect(await tryOnce(4, { perNumber, at: now + 30 * dayMs + 2 })).toBeDefined();
  });

  test('[AC-11] once a number had its wrong guesses, only its longer codes are compared, also if a short one was sent before', async () => {
    const stepUp = { max: 3, ms: 30 * dayMs, digits: 10 };
    await of().openCode(aCode(1), [plenty]);
    await of().openCode(aCode(2, { sentAt: now + 1 }), [plenty]);
    await of().openCode(aCode(3, { sentAt: now + 2, digits: 10 }), [plenty]);
    expect(await tryOnce(1, { stepUp })).toMatchObject({ digits: 6 });
    expect(await tryOnce(1, { stepUp })).toBeDefined();
    expect(await tryOnce(2, { stepUp })).toBeDefined();
    expect(await of().wrongGuesses('+1', now - 1)).toBe(3);
    expect(await of().wrongGuesses('+1', now)).toBe(1);
    expect(await of().wrongGuesses('+2', 0)).toBe(0);
    expect(await tryOnce(2, { stepUp })).toBeUndefined();
    expect(await tryOnce(3, { stepUp })).toMatchObject({ digits: 10 });
    await of().openCode(aCode(4, { sentAt: now + 30 * dayMs }), [plenty]);
    expect(await of().wrongGuesses('+1', now)).toBe(2);
    await of().openCode(aCode(5, { sentAt: now + 30 * dayMs + 2 }), [plenty]);
    expect(await tryOnce(5, { stepUp, at: now + 30 * dayMs + 2 })).toBeDefined();
  });
}

function describePeople(of: () => AccountStore): void {
  test('[AC-1] a code opens one session, however many ask at once', async () => {
    await of().openCode(aCode(1), windows);
    const account = anAccount();
    const asked = Array.from({ length: 10 }, (_, n) => of().redeem({ requestId: 'request-1', account, session: aSession(n) }));
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter((outcome) => outcome === 'redeemed')).toHaveLength(1);
    expect(await of().sessionsOf(ann)).toHaveLength(1);
    expect(await of().account(ann)).toEqual(account);
  });

  test('[AC-1] a number is one account: the second to sign up with it changes nothing', async () => {
    await of().openCode(aCode(1), [plenty]);
    await of().openCode(aCode(2, { sentAt: now + 1 }), [plenty]);
    await of().redeem({ requestId: 'request-1', account: anAccount(), session: aSession(1) });
    const second = { requestId: 'request-2', account: anAccount({ user: bob }), session: aSession(2, { user: bob }) };
    expect(await of().redeem(second)).toBe('number-taken');
    expect(await of().account(bob)).toBeUndefined();
    expect(await of().session(aDevice(2))).toBeUndefined();
    expect(await of().redeem({ requestId: 'request-2', session: aSession(2) })).toBe('redeemed');
  });

  test('an account is found by its person and by its number', async () => {
    await of().openCode(aCode(1), windows);
    await of().redeem({ requestId: 'request-1', account: anAccount(), session: aSession(1) });
    expect(await of().accountByPhone('+1')).toEqual(anAccount());
    expect(await of().account(ann)).toEqual(anAccount());
    expect(await of().accounts([bob, ann])).toEqual([anAccount()]);
    expect(await of().accountByPhone('+2')).toBeUndefined();
    expect(await of().account(bob)).toBeUndefined();
  });
}

function describeSessions(of: () => AccountStore): void {
  beforeEach(async () => {
    await of().openCode(aCode(1), windows);
    await of().redeem({ requestId: 'request-1', account: anAccount(), session: aSession(1) });
  });

  test('[AC-4] a session is found by its token’s hash, by its device and by its person', async () => {
    const session = aSession(1);
    expect(await of().sessionByToken('token-1')).toEqual(session);
    expect(await of().session(aDevice(1))).toEqual(session);
    expect(await of().sessionsOf(ann)).toEqual([session]);
    expect(await of().sessionByToken('token-2')).toBeUndefined();
    await of().touchSession(aDevice(1), now + 5);
    expect(await of().session(aDevice(1))).toEqual({ ...session, usedAt: now + 5 });
  });

  test('[AC-6] a session ends once, and the first reason stays', async () => {
    expect(await of().endSession(aDevice(1), 'revoked')).toBe(true);
    expect(await of().endSession(aDevice(1), 'signed-out')).toBe(false);
    expect(await of().sessionByToken('token-1')).toMatchObject({ endedAs: 'revoked' });
    expect(await of().endSession(aDevice(9), 'revoked')).toBe(false);
  });
}

function describeNumbers(of: () => AccountStore): void {
  const plainWindow = { max: 2, ms: dayMs };
  const anotherCode = (n: number, phone: string) => of().openCode(aCode(n, { phone, sentAt: now + 1, forUser: ann }), [plenty]);
  beforeEach(async () => {
    for (const n of [1, 2, 3, 4]) await of().openCode(aCode(n, { phone: `+${n}`, ...(n === 3 && { forUser: ann }) }), [plenty]);
    await of().redeem({ requestId: 'request-1', account: anAccount(), session: aSession(1) });
    const bobs = anAccount({ user: bob, phone: '+2', name: 'Bob' });
    await of().redeem({ requestId: 'request-2', account: bobs, session: aSession(2, { user: bob }) });
    await of().noteLookup({ user: bob, phoneHash: 'a', at: now, found: ann }, plainWindow);
  });

  test('[AC-14] a code knows whose number it is to change', async () => {
    expect(await of().takeTry('request-3', now, guesses)).toMatchObject({ forUser: ann });
    expect(await of().takeTry('request-4', now, guesses)).not.toHaveProperty('forUser');
  });

  test('[AC-14] an account moves to another number once, and is found there alone', async () => {
    const move = { requestId: 'request-3', user: ann, phone: '+3' };
    expect((await Promise.all([of().moveNumber(move), of().moveNumber(move)])).toSorted()).toEqual(['moved', 'used-before']);
    expect(await of().accountByPhone('+3')).toEqual(anAccount({ phone: '+3' }));
    expect(await of().accountByPhone('+1')).toBeUndefined();
    expect(await of().foundByNumber(bob, [ann])).toEqual(new Set());
    expect(await of().sessionsOf(ann)).toHaveLength(1);
  });

  test('[AC-14] a changed number is untold until it was told, and again when it changed meanwhile', async () => {
    await of().openCode(aCode(5, { phone: '+5', forUser: ann }), [plenty]);
    expect(await of().numbersUntold()).toEqual([]);
    await of().moveNumber({ requestId: 'request-3', user: ann, phone: '+3' });
    const untold = { requestId: 'request-3', user: ann };
    expect(await of().numbersUntold()).toEqual([untold]);
    await of().moveNumber({ requestId: 'request-5', user: ann, phone: '+5' });
    await of().numberTold(untold);
    expect(await of().numbersUntold()).toEqual([{ requestId: 'request-5', user: ann }]);
    await of().numberTold({ requestId: 'request-5', user: ann });
    expect(await of().numbersUntold()).toEqual([]);
  });

  test('[AC-14] what did not change is not to be told: the same number again, a taken one, a used code', async () => {
    await anotherCode(5, '+1');
    await anotherCode(6, '+2');
    await of().moveNumber({ requestId: 'request-5', user: ann, phone: '+1' });
    await of().moveNumber({ requestId: 'request-5', user: ann, phone: '+1' });
    await of().moveNumber({ requestId: 'request-6', user: ann, phone: '+2' });
    expect(await of().numbersUntold()).toEqual([]);
  });

  test('[AC-14] a number that is another’s is not moved to, and its code stays good', async () => {
    await anotherCode(5, '+1');
    await anotherCode(6, '+2');
    expect(await of().moveNumber({ requestId: 'request-6', user: ann, phone: '+2' })).toBe('number-taken');
    expect(await of().account(ann)).toEqual(anAccount());
    expect(await of().takeTry('request-6', now, guesses)).toMatchObject({ state: 'open' });
    expect(await of().moveNumber({ requestId: 'request-5', user: ann, phone: '+1' })).toBe('moved');
    expect(await of().foundByNumber(bob, [ann])).toEqual(new Set([ann]));
  });

  test('[AC-13] a quiet account gives its number up to another, and with it its PIN; one in use keeps both', async () => {
    await of().setPin(ann, { salt: 's', hash: 'h', tries: 0, triedAt: 0 });
    const cems = anAccount({ user: cem, name: 'Cem' });
    const session = aSession(3, { user: cem });
    const redeem = (quietSince: number, user = ann) =>
      of().redeem({ requestId: 'request-5', account: cems, session, takenFrom: { user, quietSince } });
    await anotherCode(5, '+1');
    expect(await redeem(now - 1)).toBe('in-use');
    expect(await redeem(now, bob)).toBe('number-taken');
    expect(await of().numbersUntold()).toEqual([]);
    expect(await of().pin(ann)).toBeDefined();
    expect(await of().account(cem)).toBeUndefined();
    expect(await redeem(now)).toBe('redeemed');
    const { phone: _, ...withoutNumber } = anAccount();
    expect(await of().account(ann)).toEqual(withoutNumber);
    expect(await of().accountByPhone('+1')).toEqual(cems);
    expect(await of().pin(ann)).toBeUndefined();
    expect(await of().foundByNumber(bob, [ann])).toEqual(new Set());
    expect(await of().session(aDevice(1))).toMatchObject({ user: ann });
    expect(await of().moveNumber({ requestId: 'request-3', user: ann, phone: '+3' })).toBe('moved');
    expect(await of().accountByPhone('+3')).toEqual(anAccount({ phone: '+3' }));
  });

  test('[AC-15] where a session was opened from is kept until it ends', async () => {
    await of().openSession(aSession(5, { address: '192.0.2.7' }));
    expect(await of().session(aDevice(5))).toEqual(aSession(5, { address: '192.0.2.7' }));
    await of().endSession(aDevice(5), 'signed-out');
    expect(await of().session(aDevice(5))).toEqual(aSession(5, { endedAs: 'signed-out' }));
  });
}

function describePins(of: () => AccountStore): void {
  const pin = { salt: 's', hash: 'h', tries: 0, triedAt: 0 };

  test('[AC-12] a PIN is set, set again and removed', async () => {
    expect(await of().pin(ann)).toBeUndefined();
    await of().setPin(ann, pin);
    await of().setPin(ann, { ...pin, hash: 'i' });
    expect(await of().pin(ann)).toEqual({ ...pin, hash: 'i' });
    expect(await of().pin(bob)).toBeUndefined();
    await of().setPin(ann, undefined);
    expect(await of().pin(ann)).toBeUndefined();
  });

  test('[AC-12] tries at a PIN at once are counted one by one', async () => {
    expect(await of().countPinTry(ann, 0, now)).toBe(false);
    await of().setPin(ann, pin);
    const counted = await Promise.all(Array.from({ length: 100 }, () => of().countPinTry(ann, 0, now)));
    expect(counted.filter((isCounted) => isCounted)).toHaveLength(1);
    expect(await of().countPinTry(ann, 1, now + 1)).toBe(true);
    expect(await of().pin(ann)).toEqual({ ...pin, tries: 2, triedAt: now + 1 });
    await of().clearPinTries(ann);
    expect(await of().pin(ann)).toMatchObject({ tries: 0 });
  });
}

function describeLookups(of: () => AccountStore): void {
  const window = { max: 2, ms: dayMs };

  test('[AC-2] a person may look up so many new numbers a day; known ones again and again', async () => {
    const look = (phoneHash: string, at = now, user = ann) => of().noteLookup({ user, phoneHash, at }, window);
    expect(await look('a')).toBe(true);
    expect(await look('b')).toBe(true);
    expect(await look('c')).toBe(false);
    expect(await look('a', now + 1)).toBe(true);
    expect(await look('c', now, bob)).toBe(true);
    expect(await look('c', now + dayMs)).toBe(true);
  });

  test('[AC-8] who was found by number is known to the finder alone', async () => {
    await of().noteLookup({ user: ann, phoneHash: 'a', at: now, found: bob }, window);
    expect(await of().foundByNumber(ann, [bob, cem])).toEqual(new Set([bob]));
    expect(await of().foundByNumber(bob, [ann])).toEqual(new Set());
  });

  test('a probe writes nothing that can be seen', async () => {
    await of().probe();
    expect(await of().accounts([ann, bob])).toEqual([]);
  });
}
