/** What passkeys need of the world. */
import type { UserId } from '#sync-protocol';

/** The public half of a key pair whose private half never leaves a person's authenticator. */
export type Passkey = {
  readonly id: string;
  readonly user: UserId;
  /** As the authenticator calls it; base64url. */
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** The host it was made at, and the only one it works at. */
  readonly rpId: string;
  /** How often the authenticator says it was used; many never count. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly addedAt: number;
  readonly usedAt?: number;
};

/** What an authenticator is to sign. `holder`: the session or the browser that asked for it, and alone may answer it. [AC-20] */
export type Challenge = {
  readonly holder: string;
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  readonly expiresAt: number;
};

/** One contract suite (tests/contract/passkey-store.ts), every adapter passes it. */
export interface PasskeyStore {
  /** In the place of the one this holder had. Those expired at `now` are forgotten. */
  openChallenge(challenge: Challenge, now: number): Promise<void>;
  /** Hands the holder's challenge out and forgets it, in one step; `undefined` when there is none or it has expired. [AC-20] */
  takeChallenge(holder: string, now: number): Promise<Challenge | undefined>;

  /** In one step, so that adding many at once stays within `max` a person. */
  addPasskey(passkey: Passkey, max: number): Promise<'added' | 'known' | 'full'>;
  passkeyByCredential(credentialId: string): Promise<Passkey | undefined>;
  /** Oldest first. */
  passkeysOf(user: UserId): Promise<readonly Passkey[]>;
  /** Notes a use. In one step with the look at the counter: both at zero never counted, otherwise it must have risen. [AC-21] */
  usePasskey(id: string, use: { readonly counter: number; readonly at: number }): Promise<'used' | 'not-risen' | 'gone'>;
  /** False when this person has no such passkey. */
  renamePasskey(user: UserId, id: string, name: string): Promise<boolean>;
  removePasskey(user: UserId, id: string): Promise<boolean>;
}

/** As `navigator.credentials.create` answers, in JSON. */
export type CreatedCredential = {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[] | undefined;
  };
};
/** As `navigator.credentials.get` answers, in JSON. */
export type UsedCredential = {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | undefined;
  };
};

type Expected = Pick<Challenge, 'challenge' | 'origin' | 'rpId'>;

/** The cryptography of passkeys. A proof that fails, for whatever reason, is `undefined`. */
export interface PasskeyProofs {
  /** The public half of what was created for this challenge, here, by a person that the authenticator verified. */
  created(
    credential: CreatedCredential,
    expected: Expected,
  ): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter'> | undefined>;
  /** The authenticator's counter, if the passkey's private half signed this challenge, here, for a person it verified. */
  used(
    credential: UsedCredential,
    expected: Expected & Pick<Passkey, 'credentialId' | 'publicKey'>,
  ): Promise<{ readonly counter: number } | undefined>;
}
