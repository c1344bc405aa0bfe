import type { DeviceId, UserId } from '#sync-protocol';
import type { Account, AccountStore, CodeRequest, Lookup, Pin, RateWindow, Session } from '../../core/accounts-ports.ts';

type Tables = {
  readonly accounts: Map<UserId, Account>;
  readonly codes: Map<string, CodeRequest>;
  /** Ids of the requests of each number. */
  readonly codesOfPhone: Map<string, readonly string[]>;
  readonly sessions: Map<DeviceId, Session>;
  readonly lookups: Map<string, Lookup>;
  readonly pins: Map<UserId, Pin>;
  /** By which request each number changed. */
  readonly untold: Map<UserId, string>;
};

/** Longer than anything about them is counted. [AC-11] */
const codesKeptMs = 31 * 24 * 60 * 60_000;

/** For tests and simulation. Every method runs without a pause, so each is one step. */
export function createMemoryAccounts({ codeKey = 'ab'.repeat(32) } = {}): AccountStore {
  const tables: Tables = {
    accounts: new Map(),
    codes: new Map(),
    codesOfPhone: new Map(),
    sessions: new Map(),
    lookups: new Map(),
    pins: new Map(),
    untold: new Map(),
  };
  return {
    codeKey: async () => codeKey,
    ...people(tables),
    ...codesSent(tables),
    ...signedIn(tables),
    ...numbersLookedUp(tables),
    ...numbersMoved(tables),
    ...pinsSet(tables),
    probe: async () => {},
  };
}

function people(tables: Tables) {
  const { accounts } = tables;
  return {
    account: async (user) => accounts.get(user),
    accounts: async (users) => users.map((user) => accounts.get(user)).filter((account) => account !== undefined),
    accountByPhone: async (phone) => accountOfPhone(tables, phone),
  } satisfies Partial<AccountStore>;
}

const accountOfPhone = ({ accounts }: Tables, phone: string) => [...accounts.values()].find((account) => account.phone === phone);

function codesSent({ codes, codesOfPhone }: Tables) {
  const codesOf = (phone: string) =>
    (codesOfPhone.get(phone) ?? []).map((id) => codes.get(id)).filter((code) => code !== undefined);
  const wrongGuesses = (phone: string, since: number) =>
    codesOf(phone).reduce((sum, { sentAt, tries }) => sum + (sentAt > since ? tries : 0), 0);
  return {
    openCode: async (request, windows) => {
      const sent = codesOf(request.phone).map(({ sentAt }) => sentAt);
      const waits = windows.map(({ max, ms }) => {
        const inWindow = sent.filter((at) => at > request.sentAt - ms).toSorted((a, b) => b - a);
        const blocking = inWindow[max - 1];
        return blocking === undefined ? 0 : blocking + ms - request.sentAt;
      });
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return waitMs;
      const kept = codesOf(request.phone).filter(({ sentAt }) => sentAt >= request.sentAt - codesKeptMs);
      codesOfPhone.set(request.phone, [...kept.map(({ requestId }) => requestId), request.requestId]);
      codes.set(request.requestId, request);
      return 0;
    },
    takeTry: async (requestId, now, { perCode, perNumber, stepUp }) => {
      const request = codes.get(requestId);
      if (!request || request.state === 'used' || request.expiresAt <= now || request.tries >= perCode) return undefined;
      const isSpent = ({ max, ms }: RateWindow) => wrongGuesses(request.phone, now - ms) >= max;
      if (isSpent(perNumber) || (request.digits < stepUp.digits && isSpent(stepUp))) return undefined;
      codes.set(requestId, { ...request, tries: request.tries + 1 });
      return request;
    },
    wrongGuesses: async (phone, since) => wrongGuesses(phone, since),
    returnTry: async (requestId) => {
      const request = codes.get(requestId);
      if (request) codes.set(requestId, { ...request, tries: request.tries - 1 });
    },
  } satisfies Partial<AccountStore>;
}

function signedIn(tables: Tables) {
  const { accounts, codes, sessions } = tables;
  return {
    redeem: async ({ requestId, account, session, takenFrom }) => {
      const request = codes.get(requestId);
      if (!request || request.state === 'used') return 'used-before';
      const holder = account?.phone === undefined ? undefined : accountOfPhone(tables, account.phone);
      if (holder && holder.user !== takenFrom?.user) return 'number-taken';
      if (holder && takenFrom) {
        const ofHolder = [...sessions.values()].filter(({ user }) => user === holder.user);
        if (ofHolder.some(({ usedAt }) => usedAt > takenFrom.quietSince)) return 'in-use';
        giveUpNumber(tables, holder, requestId);
      }
      codes.set(requestId, { ...request, state: 'used' });
      if (account) accounts.set(account.user, account);
      sessions.set(session.device, session);
      return 'redeemed';
    },

    openSession: async (session) => void sessions.set(session.device, session),
    sessionByToken: async (tokenHash) => [...sessions.values()].find((session) => session.tokenHash === tokenHash),
    session: async (device) => sessions.get(device),
    sessionsOf: async (user) => [...sessions.values()].filter((session) => session.user === user),
    touchSession: async (device, usedAt) => {
      const session = sessions.get(device);
      if (session) sessions.set(device, { ...session, usedAt });
    },
    endSession: async (device, endedAs) => {
      const session = sessions.get(device);
      if (!session || session.endedAs) return false;
      const { address: _, ...kept } = session;
      sessions.set(device, { ...kept, endedAs });
      return true;
    },
  } satisfies Partial<AccountStore>;
}

function giveUpNumber(tables: Tables, { phone: _, ...account }: Account, requestId: string): void {
  tables.accounts.set(account.user, account);
  tables.pins.delete(account.user);
  noteMoved(tables, account.user, requestId);
}

function noteMoved({ lookups, untold }: Tables, user: UserId, requestId: string): void {
  for (const [key, { found, ...lookup }] of lookups) if (found === user) lookups.set(key, lookup);
  untold.set(user, requestId);
}

function numbersMoved(tables: Tables) {
  const { accounts, codes, untold } = tables;
  return {
    numbersUntold: async () => [...untold].map(([user, requestId]) => ({ user, requestId })),
    numberTold: async ({ user, requestId }) => void (untold.get(user) === requestId && untold.delete(user)),
    moveNumber: async ({ requestId, user, phone }) => {
      const [request, account] = [codes.get(requestId), accounts.get(user)];
      if (!request || !account || request.state === 'used') return 'used-before';
      const holder = accountOfPhone(tables, phone);
      if (holder && holder.user !== user) return 'number-taken';
      codes.set(requestId, { ...request, state: 'used' });
      if (account.phone === phone) return 'moved';
      accounts.set(user, { ...account, phone });
      noteMoved(tables, user, requestId);
      return 'moved';
    },
  } satisfies Partial<AccountStore>;
}

function pinsSet({ pins }: Tables) {
  return {
    pin: async (user) => pins.get(user),
    setPin: async (user, pin) => void (pin ? pins.set(user, pin) : pins.delete(user)),
    countPinTry: async (user, tries, triedAt) => {
      const pin = pins.get(user);
      if (pin?.tries !== tries) return false;
      pins.set(user, { ...pin, tries: tries + 1, triedAt });
      return true;
    },
    clearPinTries: async (user) => {
      const pin = pins.get(user);
      if (pin) pins.set(user, { ...pin, tries: 0 });
    },
  } satisfies Partial<AccountStore>;
}

function numbersLookedUp({ lookups }: Tables) {
  return {
    noteLookup: async (lookup, window) => {
      const key = `${lookup.user}:${lookup.phoneHash}`;
      const held = lookups.get(key);
      const isRecent = ({ user, at }: Lookup) => user === lookup.user && at > lookup.at - window.ms;
      const isNew = !held || !isRecent(held);
      if (isNew && [...lookups.values()].filter(isRecent).length >= window.max) return false;
      lookups.set(key, { ...lookup, at: isNew ? lookup.at : held.at });
      return true;
    },
    foundByNumber: async (user, others) => {
      const found = [...lookups.values()].filter((lookup) => lookup.user === user).map((lookup) => lookup.found);
      return new Set(others.filter((other) => found.includes(other)));
    },
  } satisfies Partial<AccountStore>;
}
