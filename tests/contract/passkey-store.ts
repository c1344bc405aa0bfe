import { beforeEach, describe, expect, test } from 'vitest';
import { aUser } from '#sync-protocol/testing';
import type { Challenge, Passkey, PasskeyStore } from '../../api/core/passkeys-ports.ts';

const [ann, bob] = [aUser(1), aUser(2)];
const aPasskey = (n: number, changes: Partial<Passkey> = {}): Passkey => ({
  id: `01890000-0000-7000-8000-00000000000${n}`,
  user: ann,
  credentialId: `credential-${n}`,
  publicKey: 'cHVibGlj',
  rpId: 'chat.example.org',
  counter: 0,
  transports: ['internal', 'hybrid'],
  name: `Passkey ${n}`,
  addedAt: 1_000 + n,
  ...changes,
});
const aChallenge = (holder: string, expiresAt: number): Challenge => ({
  holder,
  challenge: `challenge of ${holder} until ${expiresAt}`,
  origin: 'https://chat.example.org',
  rpId: 'chat.example.org',
  expiresAt,
});

/** What every adapter of `PasskeyStore` keeps: its comments in api/core/passkeys-ports.ts, sentence by sentence. */
export function describePasskeyStore(name: string, create: () => Promise<PasskeyStore>): void {
  describe(`${name} passkeys`, () => {
    let store: PasskeyStore;
    beforeEach(async () => void (store = await create()));

    test('[AC-20] a challenge is handed out once, however many ask at once', async () => {
      await store.openChallenge(aChallenge('a', 100), 0);
      const taken = await Promise.all(Array.from({ length: 5 }, () => store.takeChallenge('a', 99)));
      expect(taken.filter((one) => one !== undefined)).toEqual([aChallenge('a', 100)]);
      expect(await store.takeChallenge('a', 99)).toBeUndefined();
    });

    test('[AC-20] a holder has one challenge, the newest, until it expires', async () => {
      await store.openChallenge(aChallenge('a', 100), 0);
      await store.openChallenge(aChallenge('b', 100), 0);
      await store.openChallenge(aChallenge('a', 200), 0);
      expect(await store.takeChallenge('a', 199)).toEqual(aChallenge('a', 200));
      expect(await store.takeChallenge('b', 100)).toBeUndefined();
      expect(await store.takeChallenge('c', 0)).toBeUndefined();
    });

    test('[AC-20] opening forgets what has expired, and nothing else', async () => {
      await store.openChallenge(aChallenge('old', 100), 0);
      await store.openChallenge(aChallenge('young', 101), 0);
      await store.openChallenge(aChallenge('new', 200), 100);
      expect(await store.takeChallenge('old', 0)).toBeUndefined();
      expect(await store.takeChallenge('young', 0)).toEqual(aChallenge('young', 101));
    });

    test('[AC-21] a passkey is found as it was added, by its credential and by its person, oldest first', async () => {
      const [one, two, bobs] = [aPasskey(1), aPasskey(2, { transports: [] }), aPasskey(3, { user: bob })];
      for (const passkey of [two, one, bobs]) expect(await store.addPasskey(passkey, 9)).toBe('added');
      expect(await store.passkeysOf(ann)).toEqual([one, two]);
      expect(await store.passkeyByCredential('credential-3')).toEqual(bobs);
      expect(await store.passkeyByCredential('credential-4')).toBeUndefined();
      expect(await store.passkeysOf(aUser(9))).toEqual([]);
    });

    test('[AC-21] a credential belongs to one passkey, whoever adds it again', async () => {
      await store.addPasskey(aPasskey(1), 9);
      expect(await store.addPasskey(aPasskey(2, { credentialId: 'credential-1', user: bob }), 9)).toBe('known');
      expect(await store.passkeysOf(bob)).toEqual([]);
    });

    test('[AC-21] a person has at most so many, also when they are added at once', async () => {
      await store.addPasskey(aPasskey(9, { user: bob }), 3);
      const outcomes = await Promise.all([1, 2, 3, 4, 5].map((n) => store.addPasskey(aPasskey(n), 3)));
      expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(3);
      expect(await store.passkeysOf(ann)).toHaveLength(3);
    });

    test('[AC-21] a counter rises, or never counts', async () => {
      await store.addPasskey(aPasskey(1, { counter: 5 }), 9);
      await store.addPasskey(aPasskey(2), 9);
      const use = (n: number, counter: number, at: number) => store.usePasskey(aPasskey(n).id, { counter, at });
      expect(await Promise.all([use(1, 6, 10), use(1, 6, 11)])).toEqual(['used', 'not-risen']);
      expect(await use(1, 0, 12)).toBe('not-risen');
      expect(await use(2, 0, 13)).toBe('used');
      expect(await use(2, 1, 14)).toBe('used');
      expect(await use(3, 1, 15)).toBe('gone');
      expect(await store.passkeysOf(ann)).toMatchObject([
        { counter: 6, usedAt: 10 },
        { counter: 1, usedAt: 14 },
      ]);
    });

    test('[AC-21] only its person renames and removes a passkey', async () => {
      await store.addPasskey(aPasskey(1), 9);
      const { id } = aPasskey(1);
      expect(await store.renamePasskey(bob, id, 'Mine')).toBe(false);
      expect(await store.removePasskey(bob, id)).toBe(false);
      expect(await store.passkeysOf(ann)).toEqual([aPasskey(1)]);
      expect(await store.renamePasskey(ann, id, 'Laptop')).toBe(true);
      expect(await store.passkeysOf(ann)).toEqual([aPasskey(1, { name: 'Laptop' })]);
      expect(await store.removePasskey(ann, id)).toBe(true);
      expect(await store.removePasskey(ann, id)).toBe(false);
      expect(await store.passkeyByCredential('credential-1')).toBeUndefined();
    });
  });
}
