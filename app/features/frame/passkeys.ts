import type { DeviceId, UserId } from '#sync-protocol';
import type { Account, Outcome, SignedIn } from './account.ts';

export type Passkey = {
  readonly id: string;
  readonly name: string;
  /** The host it works at: another one than this page's when the server was called something else. */
  readonly host: string;
  readonly addedAtMs: number;
  readonly usedAtMs: number | undefined;
};

/** What came of asking the authenticator: it answered, the person (or their patience) ended it, it has one already, it cannot. */
export type Ceremony<T> =
  | Outcome<T>
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'known-here' }
  | { readonly kind: 'unable' };

export interface Passkeys {
  list(): Promise<Outcome<readonly Passkey[]>>;
  add(): Promise<Ceremony<void>>;
  rename(id: string, name: string): Promise<Outcome<void>>;
  remove(id: string): Promise<Outcome<void>>;
  signIn(): Promise<Ceremony<SignedIn>>;
}

/** Fetched before the button is pressed: some browsers ask the authenticator only soon after a press. */
export const loadCeremonies = () => import('@simplewebauthn/browser');

export function createPasskeys(ask: Account['ask']): Passkeys {
  return {
    list: async () => {
      const outcome = await ask('GET', '/api/passkeys');
      return outcome.kind === 'ok' ? { kind: 'ok', value: (outcome.value as ListAnswer).passkeys.map(passkeyFrom) } : outcome;
    },
    add: async () => {
      const begun = await ask('POST', '/api/passkeys/options');
      if (begun.kind !== 'ok') return begun;
      const { startRegistration } = await loadCeremonies();
      const optionsJSON = begun.value as Parameters<typeof startRegistration>[0]['optionsJSON'];
      const answered = await ceremony(() => startRegistration({ optionsJSON }));
      return answered.kind === 'ok' ? nothing(await ask('POST', '/api/passkeys', { credential: answered.value })) : answered;
    },
    rename: async (id, name) => nothing(await ask('PUT', `/api/passkeys/${id}`, { name })),
    remove: async (id) => nothing(await ask('DELETE', `/api/passkeys/${id}`)),
    signIn: async () => {
      const begun = await ask('POST', '/api/sign-in/passkey/options');
      if (begun.kind !== 'ok') return begun;
      const { startAuthentication } = await loadCeremonies();
      const optionsJSON = begun.value as Parameters<typeof startAuthentication>[0]['optionsJSON'];
      const answered = await ceremony(() => startAuthentication({ optionsJSON }));
      if (answered.kind !== 'ok') return answered;
      return signedInFrom(await ask('POST', '/api/sign-in/passkey', { credential: answered.value }));
    },
  };
}

type ListAnswer = { passkeys: { id: string; name: string; host: string; addedAt: number; usedAt?: number }[] };

const passkeyFrom = ({ id, name, host, addedAt, usedAt }: ListAnswer['passkeys'][number]): Passkey => ({
  id,
  name,
  host,
  addedAtMs: addedAt,
  usedAtMs: usedAt,
});

type SignedInAnswer = { userId: UserId; deviceId: DeviceId; profile: { name: string; phone?: string } };

export function signedInFrom(outcome: Outcome<unknown>): Outcome<SignedIn> {
  if (outcome.kind !== 'ok') return outcome;
  const { userId: user, deviceId: device, profile } = outcome.value as SignedInAnswer;
  const { name, phone } = profile;
  return { kind: 'ok', value: { user, device, name, ...(phone !== undefined && { phone }) } };
}

const nothing = (outcome: Outcome<unknown>): Outcome<void> =>
  outcome.kind === 'ok' ? { kind: 'ok', value: undefined } : outcome;

/** What browsers throw here are answers. Anything else they cannot do is told as such, and its reason is in the console. */
async function ceremony<T>(
  ask: () => Promise<T>,
): Promise<{ readonly kind: 'ok'; readonly value: T } | Exclude<Ceremony<T>, Outcome<T>>> {
  try {
    return { kind: 'ok', value: await ask() };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'NotAllowedError' || name === 'AbortError') return { kind: 'cancelled' };
    if (name === 'InvalidStateError') return { kind: 'known-here' };
    console.error('the authenticator could not do it', error);
    return { kind: 'unable' };
  }
}
