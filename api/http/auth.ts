import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '#sync-protocol';
import type { Caller } from '../core/ports.ts';
import type { Sessions } from '../core/sessions.ts';
import { readCookies } from './cookies.ts';
import type { OriginCheck } from './origin.ts';

export interface Auth {
  /**
   * Whether whoever sent this may act at all. A cookie goes along with every request of a browser, also with one that a
   * foreign page made: so it counts only beside an Origin that is ours. A bearer token is sent on purpose. [AC-5]
   */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** The same for a socket, which says its bearer token only later: without a cookie there is nothing to misuse. [AC-5] */
  checkHandshake(headers: IncomingHttpHeaders): void;
  /** Who sent this. Refuses with `signed-out` or `revoked`. */
  callerOf(headers: IncomingHttpHeaders, bearer?: string): Promise<Caller>;
  /** Ends the session of a browser that was signed out while it could not say so, or that signs in anew. [AC-7] */
  endLeftover(headers: IncomingHttpHeaders): Promise<void>;
}

/** The session was ended by its mark: the answer also takes the cookie away. [AC-7] */
export class MarkedSignedOut extends Refusal {}

export function createAuth({ sessions, isOurs }: { readonly sessions: Sessions; readonly isOurs: OriginCheck }): Auth {
  return {
    checkOrigin: (headers) => {
      const { session } = readCookies(headers.cookie);
      const isFromScript = session === undefined && (headers.origin === undefined || bearerOf(headers) !== undefined);
      if (!isFromScript && !isOurs(headers.origin, headers.host)) throw new Refusal('forbidden', 'origin');
    },
    checkHandshake: (headers) => {
      if (readCookies(headers.cookie).session !== undefined && !isOurs(headers.origin, headers.host)) {
        throw new Refusal('forbidden', 'origin');
      }
    },
    callerOf: async (headers, bearer = bearerOf(headers)) => {
      const { session, isMarkedSignedOut } = readCookies(headers.cookie);
      if (bearer !== undefined && session !== undefined) throw new Refusal('malformed', 'send a cookie or a bearer token');
      if (session !== undefined && isMarkedSignedOut) {
        await sessions.forget(session);
        throw new MarkedSignedOut('signed-out');
      }
      const token = bearer ?? session;
      if (token === undefined) throw new Refusal('signed-out');
      return sessions.authenticate(token);
    },
    endLeftover: async (headers) => {
      const { session } = readCookies(headers.cookie);
      if (session !== undefined) await sessions.forget(session);
    },
  };
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  return authorization === undefined ? undefined : (/^Bearer ([\w-]{1,200})$/i.exec(authorization)?.[1] ?? '');
}
