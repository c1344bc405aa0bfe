import * as z from 'zod/mini';
import { profileSchema } from '#sync-protocol';
import type { Numbers } from '../../core/numbers.ts';
import type { Profiles } from '../../core/profiles.ts';
import { type Handlers, route } from '../route.ts';
import { pinNeeded, pinSchema } from './pin.ts';
import { codeSent, phoneBody, proofBody } from './sign-in.ts';

export const numberRoutes = {
  sendNumberCode: route({
    method: 'post',
    path: '/api/number/code',
    summary: 'Send a one-time code to the number one wants to change to',
    access: 'signed-in',
    authorisation: 'Oneself, within the limits of signing in. Numbers that somebody has and free ones are answered alike.',
    pace: 'write',
    body: phoneBody,
    answer: codeSent,
  }),
  changeNumber: route({
    method: 'put',
    path: '/api/number',
    summary: 'Change one’s number to the one that got the code; devices, contacts and messages stay, the old number is free',
    access: 'signed-in',
    authorisation:
      'Whoever asked for the code and knows it, and the PIN if there is one. Whoever knows the code is told whether another account has the number.',
    pace: 'write',
    body: z.object({ ...proofBody, pin: z.optional(pinSchema) }),
    answer: z.discriminatedUnion('kind', [z.object({ kind: z.literal('changed'), profile: profileSchema }), z.object(pinNeeded)]),
  }),
};

type NumberDeps = { readonly numbers: Numbers; readonly profiles: Profiles };

export function createNumberHandlers({ numbers, profiles }: NumberDeps): Handlers<typeof numberRoutes> {
  return {
    sendNumberCode: ({ body: { phone } }, { caller, address }) => numbers.start(caller, { phone, address }),
    changeNumber: async ({ body }, { caller }) => {
      const changed = await numbers.change(caller, body);
      if (changed.kind === 'pin-needed') return changed;
      return { kind: 'changed', profile: await profiles.own(caller.user) };
    },
  };
}
