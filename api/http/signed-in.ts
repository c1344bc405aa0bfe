import * as z from 'zod/mini';
import { deviceIdSchema, profileSchema, type UserId, userIdSchema } from '#sync-protocol';
import type { Profiles } from '../core/profiles.ts';
import type { OpenedSession } from '../core/sessions.ts';
import type { Auth } from './auth.ts';
import type { Call } from './call.ts';
import { clearMark, setSession } from './cookies.ts';

/** What every way in ends with. */
export const signedInSchema = z.object({
  kind: z.literal('signed-in'),
  userId: userIdSchema,
  deviceId: deviceIdSchema,
  profile: profileSchema,
  /** Only for scripts: a browser has it in a cookie. */
  token: z.optional(z.string()),
});
export type SignedInAnswer = z.infer<typeof signedInSchema>;

/** Hands a new session over: to a browser as a cookie, in the place of the one it had, to a script as a token. [AC-5] */
export type HandOver = (opened: { user: UserId; session: OpenedSession }, call: Call) => Promise<SignedInAnswer>;

export function createHandOver({ profiles, auth }: { readonly profiles: Profiles; readonly auth: Auth }): HandOver {
  return async ({ user, session }, call) => {
    const profile = await profiles.own(user);
    const answer = { kind: 'signed-in', userId: user, deviceId: session.stored.device, profile } as const;
    if (!call.isBrowser) return { ...answer, token: session.token };
    await auth.endLeftover(call.headers);
    call.setCookies([setSession(session.token), clearMark()]);
    return answer;
  };
}
