import * as z from 'zod/mini';
import { limits, nameSchema } from '#sync-protocol';
import type { Accounts } from '../../core/accounts.ts';
import type { Sessions } from '../../core/sessions.ts';
import { clearSession } from '../cookies.ts';
import { labelOf } from '../device-label.ts';
import { type Handlers, route } from '../route.ts';
import { pinNeeded, pinSchema } from './pin.ts';
import { type HandOver, signedInSchema } from '../signed-in.ts';

export const phoneBody = z.object({ phone: z.string().check(z.minLength(1), z.maxLength(32)) });
export const codeSent = z.object({
  requestId: z.string(),
  /** How many digits the code has. [AC-11] */
  digits: z.int(),
  expiresInMs: z.int(),
  resendInMs: z.int(),
  sentTo: z.optional(z.literal('console')),
});
export const proofBody = {
  requestId: z.string().check(z.minLength(1), z.maxLength(64)),
  code: z.string().check(z.regex(new RegExp(`^(\\d{${limits.codeDigits}}|\\d{${limits.codeDigitsSteppedUp}})$`))),
};
const start = {
  method: 'post',
  access: 'anyone',
  authorisation: 'Anyone, within the limits of their address and of the number. Known and unknown numbers are answered alike.',
  pace: 'sign-in',
  body: phoneBody,
  answer: codeSent,
} as const;

export const signInRoutes = {
  register: route({ ...start, path: '/api/register', summary: 'Send a one-time code to a number, to sign up' }),
  login: route({ ...start, path: '/api/login', summary: 'Send a one-time code to a number, to sign in' }),
  verify: route({
    method: 'post',
    path: '/api/verify',
    summary: 'Exchange the code for a session; a new number needs a name, an account with a PIN needs that',
    access: 'anyone',
    authorisation: 'Whoever knows both the request id and the code that was sent for it.',
    pace: 'sign-in',
    body: z.object({
      ...proofBody,
      name: z.optional(nameSchema),
      /** For an account that has one. [AC-12] */
      pin: z.optional(pinSchema),
      /** The PIN is forgotten and the account was quiet: begin another one, without what the old one had. [AC-13] */
      anew: z.optional(z.boolean()),
      /** What the list of devices calls this one. */
      device: z.optional(nameSchema),
    }),
    answer: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('name-needed') }),
      z.object({ ...pinNeeded, canStartAnew: z.boolean() }),
      signedInSchema,
    ]),
  }),
  signOut: route({
    method: 'post',
    path: '/api/sign-out',
    summary: 'End the session this request is made with',
    access: 'signed-in',
    authorisation: 'One’s own session.',
    pace: 'write',
    answer: z.object({}),
  }),
};

type SignInDeps = {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly handOver: HandOver;
};

export function createSignInHandlers({ accounts, sessions, handOver }: SignInDeps): Handlers<typeof signInRoutes> {
  const sendCode: Handlers<typeof signInRoutes>['login'] = ({ body: { phone } }, { address }) =>
    accounts.start({ phone, address });
  return {
    register: sendCode,
    login: sendCode,
    verify: async ({ body: { device, ...given } }, call) => {
      const verified = await accounts.verify({
        ...given,
        address: call.address,
        label: device ?? labelOf(call.headers['user-agent']),
      });
      if (verified.kind !== 'signed-in') return verified;
      return handOver({ user: verified.account.user, session: verified.session }, call);
    },
    signOut: async (_, { caller, isBrowser, setCookies }) => {
      await sessions.signOut(caller);
      if (isBrowser) setCookies([clearSession()]);
      return {};
    },
  };
}
