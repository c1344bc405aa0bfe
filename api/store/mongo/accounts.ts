import type { AccountStore, Lookup, Pin, RateWindow, Session } from '../../core/accounts-ports.ts';
import type { Clock } from '../../core/ports.ts';
import { openCodes } from './codes.ts';
import { insertNew } from './errors.ts';
import type { AccountDoc, LookerDoc, LookupDoc, Models, PinDoc, SessionDoc } from './models.ts';
import { createNumberDocs } from './number-docs.ts';
import { openNumbers, toAccount, type Numbers } from './numbers.ts';
import { createTurns } from './turns.ts';

type Options = { readonly clock: Clock; readonly codeKey: string };
export type MongoAccounts = { readonly accounts: AccountStore; readonly settleWaiting: Numbers['settleWaiting'] };

export function createMongoAccounts(models: Models, { clock, codeKey }: Options): MongoAccounts {
  const docs = createNumberDocs(models);
  const { settleWaiting, ...numbers } = openNumbers(models, docs, clock);
  const { facts } = models;
  const accounts: AccountStore = {
    codeKey: async () => codeKey,
    ...openPeople(models),
    ...openCodes(models, docs),
    ...numbers,
    ...openPins(models),
    ...openSessions(models),
    ...openLookups(models),
    probe: async () => void (await facts.updateOne({ _id: 'probe' }, { $set: { value: String(clock.now()) } }, { upsert: true })),
  };
  return { accounts, settleWaiting };
}

function openPeople({ accounts }: Models) {
  return {
    account: async (user) => {
      const doc = await accounts.findById(user).lean<AccountDoc>();
      return doc ? toAccount(doc) : undefined;
    },
    accounts: async (users) => {
      const found = await accounts.find({ _id: { $in: [...users] } }).lean<AccountDoc[]>();
      const byUser = new Map(found.map((doc) => [doc._id, toAccount(doc)]));
      return users.flatMap((user) => byUser.get(user) ?? []);
    },
  } satisfies Partial<AccountStore>;
}

function openPins({ pins }: Models) {
  return {
    pin: async (user) => {
      const doc = await pins.findById(user).lean<PinDoc>();
      if (!doc) return undefined;
      const { _id, ...pin } = doc;
      return pin satisfies Pin;
    },
    setPin: async (user, pin) => {
      if (pin) await pins.updateOne({ _id: user }, { $set: pin }, { upsert: true });
      else await pins.deleteOne({ _id: user });
    },
    countPinTry: async (user, tries, triedAt) => {
      const { matchedCount } = await pins.updateOne({ _id: user, tries }, { $set: { tries: tries + 1, triedAt } });
      return matchedCount === 1;
    },
    clearPinTries: async (user) => void (await pins.updateOne({ _id: user }, { $set: { tries: 0 } })),
  } satisfies Partial<AccountStore>;
}

function openSessions({ sessions }: Models) {
  const one = async (where: object): Promise<Session | undefined> => {
    const doc = await sessions.findOne(where).lean<SessionDoc>();
    return doc ? toSession(doc) : undefined;
  };
  return {
    openSession: async ({ device: _id, ...session }) => void (await sessions.collection.insertOne({ _id, ...session } as never)),
    sessionByToken: (tokenHash) => one({ tokenHash }),
    session: (device) => one({ _id: device }),
    sessionsOf: async (user) =>
      (await sessions.find({ user }).sort({ signedInAt: 1, _id: 1 }).lean<SessionDoc[]>()).map(toSession),
    touchSession: async (device, usedAt) => void (await sessions.updateOne({ _id: device }, { $set: { usedAt } })),
    endSession: async (device, endedAs) => {
      const open = { _id: device, endedAs: { $exists: false } };
      return (await sessions.updateOne(open, { $set: { endedAs }, $unset: { address: true } })).matchedCount === 1;
    },
  } satisfies Partial<AccountStore>;
}

const toSession = ({ _id: device, ...session }: SessionDoc): Session => ({ device, ...session });

type Recent = Readonly<Record<string, number>>;

function openLookups({ lookers, lookups }: Models) {
  const inTurn = createTurns();

  /** Whether there is room for it; written only as it was read, so that two at once are counted one by one. */
  async function count({ user, phoneHash, at }: Lookup, { max, ms }: RateWindow): Promise<boolean> {
    for (;;) {
      const doc = await lookers.findById(user).lean<LookerDoc>();
      const all = Object.entries(doc ? (JSON.parse(doc.recent) as Recent) : {});
      const recent = Object.fromEntries(all.filter(([, time]) => time > at - ms));
      if (recent[phoneHash] !== undefined) return true;
      if (Object.keys(recent).length >= max) return false;
      const fields = { revision: (doc?.revision ?? 0) + 1, recent: JSON.stringify({ ...recent, [phoneHash]: at }) };
      const isWritten = doc
        ? (await lookers.updateOne({ _id: user, revision: doc.revision }, { $set: fields })).matchedCount === 1
        : await insertNew(lookers, { _id: user, ...fields });
      if (isWritten) return true;
    }
  }

  return {
    noteLookup: async (lookup, window) => {
      const { user, phoneHash, at, found } = lookup;
      if (!(await inTurn(user, () => count(lookup, window)))) return false;
      const update = { $set: { user, at, ...(found && { found }) }, ...(!found && { $unset: { found: true } }) };
      await lookups.updateOne({ _id: `${user} ${phoneHash}` }, update, { upsert: true });
      return true;
    },
    foundByNumber: async (user, others) => {
      const docs = await lookups.find({ user, found: { $in: [...others] } }).lean<LookupDoc[]>();
      return new Set(docs.flatMap(({ found }) => found ?? []));
    },
  } satisfies Partial<AccountStore>;
}
