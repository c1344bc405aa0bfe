import { Refusal, type DeviceId, type UserId } from '#sync-protocol';
import type { AccountStore, RateLimit, Secrets } from './accounts-ports.ts';
import type { DeviceLink, DeviceLinkStore } from './linking-ports.ts';
import type { Log } from './log.ts';
import type { Caller, Clock } from './ports.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

/** A link waits this long to be confirmed, and once confirmed this long to be collected. */
export const linkMs = 2 * 60_000;
export const shortCodeDigits = 8;
const secretBytes = 32;
/** Of a hundred million codes, with as many links open as an address is given in an hour: still one chance in a million to meet another's. */
const codeAttemptsMax = 5;

/** What the new device shows: the token in a QR code, the code in digits. `secret` stays in its browser. [AC-22] */
export type LinkStarted = {
  readonly secret: string;
  readonly token: string;
  readonly code: string;
  readonly expiresInMs: number;
};
/** What the new device hears while it waits. Whose account it is comes before it signs in, so that nobody is let into a stranger's unawares. */
export type LinkState =
  | { readonly kind: 'waiting'; readonly expiresInMs: number }
  | { readonly kind: 'approved'; readonly user: UserId; readonly phone?: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'gone' };
/** What is asking, for the person who decides. */
export type LinkAsking = Pick<DeviceLink, 'id' | 'label' | 'address' | 'startedAt'> & { readonly expiresInMs: number };

export interface Linking {
  start(asking: { readonly label: string; readonly address: string }): Promise<LinkStarted>;
  state(secret: string): Promise<LinkState>;
  /** By what was scanned or typed. Guesses at short codes are counted before they are looked at. [AC-24] */
  find(caller: Caller, by: { readonly token: string } | { readonly code: string }): Promise<LinkAsking>;
  /** By the id that `find` gave. */
  approve(caller: Caller, id: string): Promise<void>;
  deny(id: string): Promise<void>;
  /** The session, for the browser that began, once. [AC-22] */
  collect(secret: string): Promise<{ readonly user: UserId; readonly session: OpenedSession }>;
}

type LinkingDeps = {
  readonly store: DeviceLinkStore;
  readonly accounts: AccountStore;
  readonly sessions: Pick<Sessions, 'make' | 'stillLive'>;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly linksPerAddress: RateLimit;
  readonly guessesPerPerson: RateLimit;
};

export function createLinking(deps: LinkingDeps): Linking {
  return { ...asking(deps), ...deciding(deps) };
}

function asking({ store, accounts, sessions, secrets, clock, log, linksPerAddress }: LinkingDeps) {
  return {
    start: async ({ label, address }) => {
      await take(linksPerAddress, address);
      const [secret, token] = [secrets.newToken(secretBytes), secrets.newToken(secretBytes)];
      const now = clock.now();
      for (let attempt = 0; attempt < codeAttemptsMax; attempt++) {
        const code = secrets.newCode(shortCodeDigits);
        const link: DeviceLink = {
          id: secrets.newId(),
          secretHash: secrets.hashToken(secret),
          tokenHash: secrets.hashToken(token),
          codeHash: secrets.keyedHash(await accounts.codeKey(), code),
          label,
          address,
          startedAt: now,
          expiresAt: now + linkMs,
          state: 'open',
        };
        if (await store.openLink(link, now)) return { secret, token, code, expiresInMs: linkMs };
      }
      throw new Refusal('unavailable', 'no short code is free');
    },

    state: async (secret) => {
      const now = clock.now();
      const link = await store.linkBySecret(secrets.hashToken(secret), now);
      if (!link || link.state === 'collected') return { kind: 'gone' };
      if (link.state === 'open') return { kind: 'waiting', expiresInMs: link.expiresAt - now };
      if (link.state === 'denied') return { kind: 'denied' };
      const account = link.approvedBy && (await accounts.account(link.approvedBy.user));
      if (!account) return { kind: 'gone' };
      const { user, phone } = account;
      return { kind: 'approved', user, ...(phone !== undefined && { phone }) };
    },

    collect: async (secret) => {
      const link = await store.collectLink(secrets.hashToken(secret), clock.now());
      const by = link?.approvedBy;
      // Who confirmed it may have been signed out since, from a device that is still in the right hands. [AC-23]
      const isStanding = by && (await sessions.stillLive(by.device)) === 'live' && (await accounts.account(by.user));
      if (!isStanding) throw notConfirmed();
      const session = sessions.make(by.user, link.label, link.address);
      await accounts.openSession(session.stored);
      log.info('a device was linked', { user: by.user, by: by.device, device: session.stored.device });
      return { user: by.user, session };
    },
  } satisfies Partial<Linking>;
}

function deciding({ store, accounts, secrets, clock, guessesPerPerson }: LinkingDeps) {
  async function lookUp({ user }: Caller, by: Parameters<Linking['find']>[1]): Promise<DeviceLink | undefined> {
    const now = clock.now();
    if ('token' in by) return store.openLinkBy('token', secrets.hashToken(by.token), now);
    await take(guessesPerPerson, user);
    return store.openLinkBy('code', secrets.keyedHash(await accounts.codeKey(), by.code), now);
  }

  return {
    find: async (caller, by) => {
      const link = await lookUp(caller, by);
      if (!link) throw notFound();
      const { id, label, address, startedAt, expiresAt } = link;
      return { id, label, address, startedAt, expiresInMs: expiresAt - clock.now() };
    },
    approve: async ({ user, device }, id) => {
      const now = clock.now();
      const by = { user, device: device as DeviceId };
      if (!(await store.approveLink(id, { by, expiresAt: now + linkMs }, now))) throw notFound();
    },
    deny: async (id) => {
      if (!(await store.denyLink(id, clock.now()))) throw notFound();
    },
  } satisfies Partial<Linking>;
}

const notFound = () => new Refusal('not-found', 'no device asks with this: it may have taken longer than two minutes');
const notConfirmed = () => new Refusal('not-found', 'not confirmed, not confirmed any more, or collected before');

async function take(rate: RateLimit, key: string): Promise<void> {
  const retryAfterMs = await rate.take(key);
  if (retryAfterMs > 0) throw new Refusal('too-fast', '', { retryAfterMs });
}
