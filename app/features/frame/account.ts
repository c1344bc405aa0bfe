import type { DeviceId, RefusalCode, UserId } from '#sync-protocol';

/** A code is on its way to the number. */
export type CodeSent = {
  readonly requestId: string;
  readonly phone: string;
  /** How many digits the code has. [AC-11] */
  readonly digits: number;
  readonly expiresInMs: number;
  readonly resendInMs: number;
  /** Where it went, when that is not a phone: a development server prints it. */
  readonly isPrinted: boolean;
};

export type SignedIn = { readonly user: UserId; readonly device: DeviceId; readonly name: string; readonly phone?: string };

/** The code is right, but the account has a PIN as well. [AC-12] */
export type PinNeeded = {
  readonly kind: 'pin-needed';
  readonly isWrong: boolean;
  readonly retryAfterMs?: number;
  /** The account was quiet for so long that its number may begin another one. [AC-13] */
  readonly canStartAnew?: boolean;
};

export type VerifyRequest = {
  readonly requestId: string;
  readonly code: string;
  readonly name?: string;
  readonly pin?: string;
  readonly anew?: boolean;
};

export type Device = {
  readonly id: DeviceId;
  readonly label: string;
  readonly signedInAtMs: number;
  readonly usedAtMs: number;
  /** The network address it signed in from, as the server saw it. */
  readonly address?: string;
  readonly isThis: boolean;
};

/** Why a request came to nothing: the network, or a no. */
export type Trouble =
  | { readonly kind: 'offline' }
  | {
      readonly kind: 'refused';
      readonly refusal: RefusalCode;
      readonly detail: string;
      readonly retryAfterMs: number | undefined;
    };

export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | Trouble;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What cannot be queued: proving a number, and the list of signed-in devices. Each needs the server there and then. */
export interface Account {
  requestCode(phone: string): Promise<Outcome<CodeSent>>;
  verify(request: VerifyRequest): Promise<Outcome<SignedIn | 'name-needed' | PinNeeded>>;
  devices(): Promise<Outcome<readonly Device[]>>;
  revoke(device: DeviceId): Promise<Outcome<void>>;
  /** Whose session this browser's cookie is. */
  whoAmI(): Promise<Outcome<UserId>>;
  /** Any other door of the server, for screens that are loaded when somebody opens them: what it answers is theirs to read. */
  ask(method: Method, path: `/api/${string}`, body?: unknown): Promise<Outcome<unknown>>;
  /** Ends this device's session. `false`: the server could not be told. */
  endSession(): Promise<boolean>;
}
