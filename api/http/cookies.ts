import { parseCookie, stringifySetCookie } from 'cookie';

/** `__Host-` makes the browser insist on Secure, Path=/ and no Domain. Chromium and Firefox count http://localhost as secure. [AC-5] */
export const sessionCookie = '__Host-chatter';
/** Written by the app itself when a person signs out, so that it works without a network too. [AC-7] */
export const signedOutMark = 'chatter-signed-out';

/** Longer than a session lives unused, so that a device revoked long ago still says who it is and is told to forget. [AC-6] */
const maxAgeSeconds = 400 * 24 * 60 * 60;

export type Cookies = { readonly session: string | undefined; readonly isMarkedSignedOut: boolean };

export function readCookies(header: string | undefined): Cookies {
  const cookies = parseCookie(header ?? '');
  return { session: cookies[sessionCookie], isMarkedSignedOut: cookies[signedOutMark] === '1' };
}

const strict = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

export const setSession = (token: string): string =>
  stringifySetCookie({ name: sessionCookie, value: token, ...strict, maxAge: maxAgeSeconds });
export const clearSession = (): string => stringifySetCookie({ name: sessionCookie, value: '', ...strict, maxAge: 0 });
export const clearMark = (): string =>
  stringifySetCookie({ name: signedOutMark, value: '', path: '/', sameSite: 'strict', maxAge: 0 });
