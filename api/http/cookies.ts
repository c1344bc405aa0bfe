import { parseCookie, stringifySetCookie } from 'cookie';

/** `__Host-` makes the browser insist on Secure, Path=/ and no Domain. Chromium and Firefox count http://localhost as secure. [AC-5] */
export const sessionCookie = '__Host-chatter';
/** Written by the app itself when a person signs out, so that it works without a network too. [AC-7] */
export const signedOutMark = 'chatter-signed-out';

/** Holds the secret of a passkey sign-in that has begun, for as long as its challenge. [AC-20] */
export const challengeCookie = '__Host-chatter-challenge';
/** Holds the secret of a device that waits to be linked. [AC-22] */
export const linkCookie = '__Host-chatter-link';

/** Longer than a session lives unused, so that a device revoked long ago still says who it is and is told to forget. [AC-6] */
const maxAgeSeconds = 400 * 24 * 60 * 60;

const strict = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

export type Cookies = { readonly session: string | undefined; readonly isMarkedSignedOut: boolean };

/** A cookie that binds a step of signing in to the browser that took the one before. */
export const readCookie = (header: string | undefined, name: string): string | undefined => parseCookie(header ?? '')[name];
export const holdSecret = (name: string, secret: string, lifeMs: number): string =>
  stringifySetCookie({ name, value: secret, ...strict, maxAge: Math.ceil(lifeMs / 1_000) });
export const dropSecret = (name: string): string => stringifySetCookie({ name, value: '', ...strict, maxAge: 0 });

export function readCookies(header: string | undefined): Cookies {
  const cookies = parseCookie(header ?? '');
  return { session: cookies[sessionCookie], isMarkedSignedOut: cookies[signedOutMark] === '1' };
}

export const setSession = (token: string): string =>
  stringifySetCookie({ name: sessionCookie, value: token, ...strict, maxAge: maxAgeSeconds });
export const clearSession = (): string => stringifySetCookie({ name: sessionCookie, value: '', ...strict, maxAge: 0 });
export const clearMark = (): string =>
  stringifySetCookie({ name: signedOutMark, value: '', path: '/', sameSite: 'strict', maxAge: 0 });
