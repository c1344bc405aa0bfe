import { randomBytes } from 'node:crypto';
import type { AccountStore } from '../../core/accounts-ports.ts';
import type { RoomCalls } from './rooms.ts';

/** `AccountStore` over the accounts room. */
export function createSqliteAccounts({ read, write }: RoomCalls): AccountStore {
  return {
    codeKey: () => read('accounts', 'codeKey'),
    account: async (user) => (await read('accounts', 'accounts', [user]))[0],
    accounts: (users) => read('accounts', 'accounts', users),
    accountByPhone: (phone) => read('accounts', 'accountByPhone', phone),

    openCode: (request, windows) => write('accounts', 'openCode', request, windows),
    takeTry: (requestId, now, guesses) => write('accounts', 'takeTry', requestId, now, guesses),
    wrongGuesses: (phone, since) => read('accounts', 'wrongGuesses', phone, since),
    returnTry: (requestId) => write('accounts', 'returnTry', requestId),
    redeem: (redemption) => write('accounts', 'redeem', redemption),
    moveNumber: (move) => write('accounts', 'moveNumber', move),
    numbersUntold: () => read('accounts', 'numbersUntold'),
    numberTold: (told) => write('accounts', 'numberTold', told),

    pin: (user) => read('accounts', 'pin', user),
    setPin: (user, pin) => write('accounts', 'setPin', user, pin),
    countPinTry: (user, tries, at) => write('accounts', 'countPinTry', user, tries, at),
    clearPinTries: (user) => write('accounts', 'clearPinTries', user),

    openSession: (session) => write('accounts', 'openSession', session),
    sessionByToken: (tokenHash) => read('accounts', 'sessionByToken', tokenHash),
    session: (device) => read('accounts', 'session', device),
    sessionsOf: (user) => read('accounts', 'sessionsOf', user),
    touchSession: (device, usedAt) => write('accounts', 'touchSession', device, usedAt),
    endSession: (device, endedAs) => write('accounts', 'endSession', device, endedAs),

    noteLookup: (lookup, window) => write('accounts', 'noteLookup', lookup, window),
    foundByNumber: async (user, others) => new Set(await read('accounts', 'foundByNumber', user, others)),

    // More than a page, so that a full disk cannot take it.
    probe: () => write('accounts', 'probe', randomBytes(4_096).toString('base64')),
  };
}
