import { limits, Refusal, type DeviceId, type UserId } from '#sync-protocol';
import type { AccountStore, Secrets, Session, SessionEnd } from './accounts-ports.ts';
import type { Log } from './log.ts';
import { type Caller, type Clock, StorageFullError } from './ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const idleMsMax = limits.sessionDays * 24 * hourMs;
const tokenBytes = 32;

/** A session as it leaves: `token` goes to its device once, and is stored only as a hash. [AC-4] */
export type OpenedSession = { readonly token: string; readonly stored: Session };
export type Device = Pick<Session, 'device' | 'label' | 'signedInAt' | 'usedAt' | 'address'>;
export type Ended = { readonly user: UserId; readonly device: DeviceId; readonly endedAs: SessionEnd };

export interface Sessions {
  make(user: UserId, label: string, address?: string): OpenedSession;
  /** Who holds this token. Refuses with `revoked` or `signed-out`. */
  authenticate(token: string): Promise<Caller>;
  /** The same question about a session that was authenticated before, for connections that stay open. */
  stillLive(device: DeviceId): Promise<SessionEnd | 'live'>;
  list(user: UserId): Promise<readonly Device[]>;
  /** Ends one of the caller's own sessions from another one. [AC-6] */
  revoke(caller: Caller, device: DeviceId): Promise<void>;
  signOut(caller: Caller): Promise<void>;
  /** Ends whatever session this token belongs to, if any: for the signed-out mark. [AC-7] */
  forget(token: string): Promise<void>;
  /** Told after it is stored; must not throw. */
  onEnded(listener: (ended: Ended) => void): void;
}

type SessionsDeps = {
  readonly store: AccountStore;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
};

export function createSessions({ store, secrets, clock, log }: SessionsDeps): Sessions {
  const listeners: ((ended: Ended) => void)[] = [];
  const touch = createTouch({ store, clock, log });

  function stateOf(session: Session | undefined): SessionEnd | 'live' {
    if (!session) return 'signed-out';
    if (session.endedAs) return session.endedAs;
    return clock.now() - session.usedAt > idleMsMax ? 'signed-out' : 'live';
  }

  async function end(session: Session, endedAs: SessionEnd): Promise<void> {
    const { user, device } = session;
    if (!(await store.endSession(device, endedAs))) return;
    for (const tell of listeners) tell({ user, device, endedAs });
  }

  return {
    make: (user, label, address) => {
      const token = secrets.newToken(tokenBytes);
      const device = secrets.newId() as DeviceId;
      const now = clock.now();
      const stored = { device, user, tokenHash: secrets.hashToken(token), label, signedInAt: now, usedAt: now };
      return { token, stored: { ...stored, ...(address !== undefined && { address }) } };
    },
    authenticate: async (token) => {
      const session = await store.sessionByToken(secrets.hashToken(token));
      const state = stateOf(session);
      if (!session || state !== 'live') throw new Refusal(state === 'revoked' ? 'revoked' : 'signed-out');
      await touch(session);
      return { user: session.user, device: session.device };
    },
    stillLive: async (device) => {
      const session = await store.session(device);
      const state = stateOf(session);
      if (session && state === 'live') await touch(session);
      return state;
    },
    list: async (user) => (await store.sessionsOf(user)).filter((session) => stateOf(session) === 'live'),
    revoke: async ({ user }, device) => {
      const session = await store.session(device);
      if (!session || session.user !== user || stateOf(session) !== 'live') throw new Refusal('not-found');
      await end(session, 'revoked');
    },
    signOut: async ({ device }) => {
      const session = await store.session(device as DeviceId);
      if (session) await end(session, 'signed-out');
    },
    forget: async (token) => {
      const session = await store.sessionByToken(secrets.hashToken(token));
      if (session) await end(session, 'signed-out');
    },
    onEnded: (listener) => void listeners.push(listener),
  };
}

/**
 * Notes the last use. Once an hour is often enough for a life of 90 days, and spares a write a request. On a full disk it is
 * not noted, and whoever reads goes on reading: it is tried again a minute later. [SQ-8]
 */
function createTouch({ store, clock, log }: Omit<SessionsDeps, 'secrets'>): (session: Session) => Promise<void> {
  let isDiskFull = false;
  let tryAgainAtMs = 0;
  return async ({ device, usedAt }) => {
    const now = clock.now();
    if (now - usedAt <= hourMs || (isDiskFull && now < tryAgainAtMs)) return;
    // Said before the write, so that of many requests at once only one asks a full disk.
    tryAgainAtMs = now + minuteMs;
    try {
      await store.touchSession(device, now);
      isDiskFull = false;
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      if (!isDiskFull) log.warn('the disk is full: when sessions were last used is not noted until there is room');
      isDiskFull = true;
    }
  };
}
