import * as z from 'zod/mini';
import { limits } from '#sync-protocol';
import type { Pins } from '../../core/pins.ts';
import { type Handlers, route } from '../route.ts';

export const pinSchema = z.string().check(
  z.minLength(limits.pinCharsMin),
  z.maxLength(limits.pinCharsMax),
  z.refine<string>((text) => text.isWellFormed(), 'well-formed text'),
);

/** How a right code is answered while the PIN is missing, wrong or to be waited for. [AC-12] */
export const pinNeeded = {
  kind: z.literal('pin-needed'),
  isWrong: z.boolean(),
  retryAfterMs: z.optional(z.int()),
};

const own = { access: 'signed-in', authorisation: 'One’s own.' } as const;

export const pinRoutes = {
  pin: route({
    method: 'get',
    path: '/api/pin',
    summary: 'Whether signing in on a new device also asks for a PIN',
    ...own,
    pace: 'read',
    answer: z.object({ isSet: z.boolean() }),
  }),
  setPin: route({
    method: 'put',
    path: '/api/pin',
    summary: 'Ask for this PIN, besides the code, when the account signs in on a new device or changes its number',
    ...own,
    pace: 'write',
    body: z.object({ pin: pinSchema }),
    answer: z.object({}),
  }),
  removePin: route({
    method: 'delete',
    path: '/api/pin',
    summary: 'Ask for no PIN any more; for whoever forgot it but is signed in somewhere',
    ...own,
    pace: 'write',
    answer: z.object({}),
  }),
};

export function createPinHandlers({ pins }: { readonly pins: Pins }): Handlers<typeof pinRoutes> {
  return {
    pin: async (_, { caller }) => ({ isSet: await pins.isSet(caller.user) }),
    setPin: async ({ body: { pin } }, { caller }) => {
      await pins.set(caller.user, pin);
      return {};
    },
    removePin: async (_, { caller }) => {
      await pins.remove(caller.user);
      return {};
    },
  };
}
