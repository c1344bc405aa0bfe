import type { UserId } from '#sync-protocol';
import type { Challenge, Passkey, PasskeyStore } from '../../core/passkeys-ports.ts';

/** For tests and simulation. Every method runs without a pause, so each is one step. */
export function createMemoryPasskeys(): PasskeyStore {
  const passkeys = new Map<string, Passkey>();
  const challenges = new Map<string, Challenge>();
  const all = () => [...passkeys.values()];
  const own = (user: UserId, id: string) => all().find((passkey) => passkey.id === id && passkey.user === user);

  return {
    openChallenge: async (challenge, now) => {
      for (const [holder, { expiresAt }] of challenges) if (expiresAt <= now) challenges.delete(holder);
      challenges.set(challenge.holder, challenge);
    },
    takeChallenge: async (holder, now) => {
      const challenge = challenges.get(holder);
      challenges.delete(holder);
      return challenge && challenge.expiresAt > now ? challenge : undefined;
    },
    addPasskey: async (passkey, max) => {
      if (all().some(({ credentialId }) => credentialId === passkey.credentialId)) return 'known';
      if (all().filter(({ user }) => user === passkey.user).length >= max) return 'full';
      passkeys.set(passkey.id, passkey);
      return 'added';
    },
    passkeyByCredential: async (credentialId) => all().find((passkey) => passkey.credentialId === credentialId),
    passkeysOf: async (user) =>
      all()
        .filter((passkey) => passkey.user === user)
        .toSorted((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1)),
    usePasskey: async (id, { counter, at }) => {
      const held = passkeys.get(id);
      if (!held) return 'gone';
      if ((counter > 0 || held.counter > 0) && counter <= held.counter) return 'not-risen';
      passkeys.set(id, { ...held, counter, usedAt: at });
      return 'used';
    },
    renamePasskey: async (user, id, name) => {
      const held = own(user, id);
      if (held) passkeys.set(id, { ...held, name });
      return held !== undefined;
    },
    removePasskey: async (user, id) => own(user, id) !== undefined && passkeys.delete(id),
  };
}
