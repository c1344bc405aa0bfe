import type { Account, Outcome, SignedIn } from './account.ts';
import { signedInFrom } from './passkeys.ts';
import { paths } from './paths.ts';

/** What a device that wants to be let in shows. */
export type LinkStarted = { readonly token: string; readonly code: string; readonly expiresInMs: number };
export type LinkState =
  | { readonly kind: 'waiting' | 'denied' | 'gone' }
  | { readonly kind: 'approved'; readonly userId: string; readonly name: string; readonly phone: string };
/** What asks to be let in, for the person who decides. */
export type LinkAsking = {
  readonly linkId: string;
  readonly label: string;
  readonly address: string;
  readonly isSameAddress: boolean;
  readonly startedAt: number;
};

export interface DeviceLinks {
  start(): Promise<Outcome<LinkStarted>>;
  state(): Promise<Outcome<LinkState>>;
  collect(): Promise<Outcome<SignedIn>>;
  find(by: { readonly token: string } | { readonly code: string }): Promise<Outcome<LinkAsking>>;
  approve(linkId: string): Promise<Outcome<unknown>>;
  deny(linkId: string): Promise<Outcome<unknown>>;
}

export const shortCodeDigits = 8;

/** What the QR code says. The token stands after the #, so that it reaches no server and no log. */
export const linkAddress = (token: string): string => `${location.origin}${paths.linkDevice}#${token}`;

export function createDeviceLinks(ask: Account['ask']): DeviceLinks {
  return {
    start: async () => (await ask('POST', '/api/device-links')) as Outcome<LinkStarted>,
    state: async () => (await ask('GET', '/api/device-links/mine')) as Outcome<LinkState>,
    collect: async () => signedInFrom(await ask('POST', '/api/device-links/collect')),
    find: async (by) => (await ask('POST', '/api/device-links/find', by)) as Outcome<LinkAsking>,
    approve: (linkId) => ask('PUT', `/api/device-links/${linkId}`),
    deny: (linkId) => ask('DELETE', `/api/device-links/${linkId}`),
  };
}
