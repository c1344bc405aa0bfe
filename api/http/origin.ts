import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Place } from '../core/passkeys.ts';

/** Whether a page of this origin may act with the cookie: our own host, or one of the origins named in the configuration. [AC-5] */
export type OriginCheck = (origin: string | undefined, host: string | undefined) => boolean;

export function createOriginCheck(named: readonly string[]): OriginCheck {
  return (origin, host) => {
    if (origin === undefined || !/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
    if (named.length > 0) return named.includes(origin);
    return host !== undefined && new URL(origin).host === host.toLowerCase();
  };
}

/** The browser's place when it is a page of ours at which passkeys work: over TLS or at localhost, under a name and not a number. [AC-20] */
export function placeOf(isOurs: OriginCheck, { origin, host }: IncomingHttpHeaders): Place | undefined {
  if (origin === undefined || !isOurs(origin, host)) return undefined;
  const { protocol, hostname } = new URL(origin);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  const isName = !hostname.startsWith('[') && isIP(hostname) === 0;
  return isName && (protocol === 'https:' || isLocal) ? { origin, rpId: hostname } : undefined;
}
