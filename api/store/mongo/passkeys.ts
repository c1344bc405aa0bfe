import type { Challenge, Passkey, PasskeyStore } from '../../core/passkeys-ports.ts';
import { insertNew } from './errors.ts';
import type { ChallengeDoc, Models, PasskeyDoc } from './models.ts';

export function createMongoPasskeys({ passkeys, challenges }: Models): PasskeyStore {
  return {
    openChallenge: async ({ holder, ...challenge }, now) => {
      await challenges.deleteMany({ expiresAt: { $lte: now } });
      await challenges.updateOne({ _id: holder }, { $set: challenge }, { upsert: true });
    },
    takeChallenge: async (holder, now) => {
      const doc = await challenges.findById(holder).lean<ChallengeDoc>();
      if (!doc) return undefined;
      const { _id, ...challenge } = doc;
      const isMine = (await challenges.deleteOne({ _id, challenge: doc.challenge })).deletedCount === 1;
      return isMine && doc.expiresAt > now ? ({ holder, ...challenge } satisfies Challenge) : undefined;
    },

    addPasskey: async ({ id: _id, ...passkey }, max) => {
      for (;;) {
        if (await passkeys.findOne({ credentialId: passkey.credentialId }, { _id: 1 }).lean()) return 'known';
        const held = await passkeys.find({ user: passkey.user }, { slot: 1 }).lean<Pick<PasskeyDoc, 'slot'>[]>();
        const used = new Set(held.map(({ slot }) => slot));
        const slot = Array.from({ length: max }, (_, n) => n).find((n) => !used.has(n));
        if (slot === undefined) return 'full';
        // One is let in where two come at once, by its credential or by its slot; the other looks again.
        if (await insertNew(passkeys, { _id, ...passkey, slot })) return 'added';
      }
    },
    passkeyByCredential: async (credentialId) => {
      const doc = await passkeys.findOne({ credentialId }).lean<PasskeyDoc>();
      return doc ? toPasskey(doc) : undefined;
    },
    passkeysOf: async (user) => (await passkeys.find({ user }).sort({ addedAt: 1, _id: 1 }).lean<PasskeyDoc[]>()).map(toPasskey),
    usePasskey: async (id, { counter, at }) => {
      for (;;) {
        const held = await passkeys.findById(id).lean<PasskeyDoc>();
        if (!held) return 'gone';
        if ((counter > 0 || held.counter > 0) && counter <= held.counter) return 'not-risen';
        const asRead = { _id: id, counter: held.counter };
        if ((await passkeys.updateOne(asRead, { $set: { counter, usedAt: at } })).matchedCount === 1) return 'used';
      }
    },
    renamePasskey: async (user, id, name) => (await passkeys.updateOne({ _id: id, user }, { $set: { name } })).matchedCount === 1,
    removePasskey: async (user, id) => (await passkeys.deleteOne({ _id: id, user })).deletedCount === 1,
  };
}

const toPasskey = ({ _id: id, slot: _, ...passkey }: PasskeyDoc): Passkey => ({ id, ...passkey });
