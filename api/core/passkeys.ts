import { Refusal, type DeviceId, type UserId } from '#sync-protocol';
import type { AccountStore, Secrets } from './accounts-ports.ts';
import type { Log } from './log.ts';
import type { CreatedCredential, Passkey, PasskeyProofs, PasskeyStore, UsedCredential } from './passkeys-ports.ts';
import type { Caller, Clock } from './ports.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

export const challengeMs = 5 * 60_000;
/** Far more than anybody's devices and managers. */
export const passkeysMax = 20;
const challengeBytes = 32;

/** Where a browser is: its origin, which is one of ours, and the host that passkeys made there belong to. */
export type Place = { readonly origin: string; readonly rpId: string };

/** What the browser is asked to make. Written out as JSON, with every binary part in base64url. */
export type CreationOptions = {
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: { readonly type: 'public-key'; readonly alg: number }[];
  readonly timeout: number;
  readonly attestation: 'none';
  readonly excludeCredentials: { readonly type: 'public-key'; readonly id: string; readonly transports: string[] }[];
  readonly authenticatorSelection: {
    readonly residentKey: 'required';
    readonly requireResidentKey: true;
    readonly userVerification: 'required';
  };
};
/** What the browser is asked to sign. No list of passkeys: it knows its own, and the server tells nobody whose there are. */
export type RequestOptions = {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly userVerification: 'required';
};

/** EdDSA, ES256, RS256: between them every authenticator there is. */
export const passkeyAlgorithms = [-8, -7, -257] as const;

export interface Passkeys {
  beginAdding(caller: Caller, place: Place, name: string): Promise<CreationOptions>;
  add(caller: Caller, credential: CreatedCredential, name: string): Promise<Passkey>;
  list(user: UserId): Promise<readonly Passkey[]>;
  rename(user: UserId, id: string, name: string): Promise<void>;
  /** Devices that signed in with it stay signed in. */
  remove(user: UserId, id: string): Promise<void>;

  /** `secret` goes to the browser that asked, and must come back with the answer. [AC-20] */
  beginSignIn(place: Place): Promise<{ readonly secret: string; readonly options: RequestOptions }>;
  signIn(request: { secret: string; credential: UsedCredential; label: string; address?: string }): Promise<PasskeySignIn>;
}
export type PasskeySignIn = { readonly user: UserId; readonly session: OpenedSession };

type PasskeysDeps = {
  readonly store: PasskeyStore;
  readonly accounts: AccountStore;
  readonly sessions: Pick<Sessions, 'make'>;
  readonly proofs: PasskeyProofs;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
};

export function createPasskeys(deps: PasskeysDeps): Passkeys {
  return { ...keeping(deps), ...signingIn(deps) };
}

function keeping({ store, accounts, proofs, secrets, clock }: PasskeysDeps) {
  return {
    beginAdding: async ({ user, device }, place, displayName) => {
      const challenge = await openChallenge({ store, secrets, clock }, addingHolder(device), place);
      const [account, own] = await Promise.all([accounts.account(user), store.passkeysOf(user)]);
      if (!account) throw new Refusal('not-found');
      return {
        rp: { id: place.rpId, name: 'Chatter' },
        user: { id: handleOf(user), name: account.phone ?? displayName, displayName },
        challenge,
        pubKeyCredParams: passkeyAlgorithms.map((alg) => ({ type: 'public-key' as const, alg })),
        timeout: challengeMs,
        attestation: 'none' as const,
        excludeCredentials: own
          .filter(({ rpId }) => rpId === place.rpId)
          .map(({ credentialId, transports }) => ({
            type: 'public-key' as const,
            id: credentialId,
            transports: [...transports],
          })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      };
    },
    add: async ({ user, device }, credential, name) => {
      const now = clock.now();
      const challenge = await store.takeChallenge(addingHolder(device), now);
      const proof = challenge && (await proofs.created(credential, challenge));
      if (!proof) throw notProven();
      const { rpId } = challenge;
      const transports = credential.response.transports ?? [];
      const passkey: Passkey = { id: secrets.newId(), user, ...proof, rpId, transports, name: name.trim(), addedAt: now };
      const outcome = await store.addPasskey(passkey, passkeysMax);
      if (outcome === 'known') throw new Refusal('conflict', 'this passkey is known already');
      if (outcome === 'full') throw new Refusal('conflict', `at most ${passkeysMax} passkeys`);
      return passkey;
    },
    list: (user) => store.passkeysOf(user),
    rename: async (user, id, name) => {
      if (!(await store.renamePasskey(user, id, name.trim()))) throw new Refusal('not-found');
    },
    remove: async (user, id) => {
      if (!(await store.removePasskey(user, id))) throw new Refusal('not-found');
    },
  } satisfies Partial<Passkeys>;
}

function signingIn({ store, accounts, sessions, proofs, secrets, clock, log }: PasskeysDeps) {
  /** One refusal for every reason: a stranger does not learn which passkeys there are. [AC-21] */
  async function prove(secret: string, credential: UsedCredential): Promise<Passkey> {
    const challenge = await store.takeChallenge(signInHolder(secrets, secret), clock.now());
    const passkey = await store.passkeyByCredential(credential.id);
    if (!challenge || !passkey || passkey.rpId !== challenge.rpId) throw notProven();
    if (credential.response.userHandle !== handleOf(passkey.user)) throw notProven();
    const { credentialId, publicKey } = passkey;
    const proof = await proofs.used(credential, { ...challenge, credentialId, publicKey });
    if (!proof) throw notProven();
    const outcome = await store.usePasskey(passkey.id, { counter: proof.counter, at: clock.now() });
    if (outcome === 'not-risen') {
      const { counter: known } = passkey;
      log.warn('the counter of a passkey did not rise: somebody may have a copy of it', {
        user: passkey.user,
        passkey: passkey.id,
        known,
        said: proof.counter,
      });
    }
    if (outcome !== 'used') throw notProven();
    return passkey;
  }

  return {
    beginSignIn: async (place) => {
      const secret = secrets.newToken(challengeBytes);
      const challenge = await openChallenge({ store, secrets, clock }, signInHolder(secrets, secret), place);
      return { secret, options: { challenge, rpId: place.rpId, timeout: challengeMs, userVerification: 'required' } };
    },
    signIn: async ({ secret, credential, label, address }) => {
      const { user, id } = await prove(secret, credential);
      if (!(await accounts.account(user))) throw notProven();
      const session = sessions.make(user, label, address);
      await accounts.openSession(session.stored);
      log.info('signed in with a passkey', { user, device: session.stored.device, passkey: id });
      return { user, session };
    },
  } satisfies Partial<Passkeys>;
}

type Opening = Pick<PasskeysDeps, 'store' | 'secrets' | 'clock'>;

async function openChallenge({ store, secrets, clock }: Opening, holder: string, place: Place): Promise<string> {
  const now = clock.now();
  const challenge = secrets.newToken(challengeBytes);
  await store.openChallenge({ holder, challenge, ...place, expiresAt: now + challengeMs }, now);
  return challenge;
}

const addingHolder = (device: DeviceId | string): string => `adding:${device}`;
const signInHolder = (secrets: Secrets, secret: string): string => `sign-in:${secrets.hashToken(secret)}`;

/** What the authenticator keeps as whose passkey it is: the id that others know this person by, and nothing else about them. */
const handleOf = (user: UserId): string => toBase64Url(user);

function toBase64Url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const notProven = () => new Refusal('code-invalid', 'the passkey was not proven: ask for a new challenge');
