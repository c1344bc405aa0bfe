import * as z from 'zod/mini';
import {
  aboutSchema,
  deviceIdSchema,
  nameSchema,
  profileSchema,
  Refusal,
  selfLog,
  userIdSchema,
  type UserId,
} from '#sync-protocol';
import type { Caller } from '../../core/ports.ts';
import type { Profiles } from '../../core/profiles.ts';
import type { DoOp } from '../op-door.ts';
import { type Handlers, route } from '../route.ts';

export const userParams = z.strictObject({ userId: userIdSchema });

/** An id in a path grants nothing: what is not one's own is not there. [AC-8] */
export function onlyOwn(caller: Caller, userId: UserId): void {
  if (userId !== caller.user) throw new Refusal('not-found');
}

export const userRoutes = {
  me: route({
    method: 'get',
    path: '/api/me',
    summary: 'Who is signed in, on which device',
    access: 'signed-in',
    authorisation: 'Oneself.',
    pace: 'read',
    answer: z.object({ userId: userIdSchema, deviceId: deviceIdSchema, profile: profileSchema }),
  }),
  user: route({
    method: 'get',
    path: '/api/users/:userId',
    summary: 'The profile of a person',
    access: 'signed-in',
    authorisation:
      'Oneself, a contact either way, or somebody one shares a conversation with; anyone else is not found. The number is shown to oneself and to those who added the person by it.',
    pace: 'read',
    params: userParams,
    answer: profileSchema,
  }),
  changeUser: route({
    method: 'put',
    path: '/api/users/:userId',
    summary: 'Change one’s own profile; what is left out stays',
    access: 'signed-in',
    authorisation: 'Oneself; anyone else is not found.',
    pace: 'write',
    params: userParams,
    body: z.object({
      name: z.optional(nameSchema),
      about: z.optional(aboutSchema),
      hue: z.optional(z.int().check(z.gte(0), z.lte(359))),
    }),
    answer: profileSchema,
  }),
};

export function createUserHandlers({
  profiles,
  doOp,
}: {
  readonly profiles: Profiles;
  readonly doOp: DoOp;
}): Handlers<typeof userRoutes> {
  return {
    me: async (_, { caller }) => ({
      userId: caller.user,
      deviceId: caller.device as never,
      profile: await profiles.own(caller.user),
    }),
    user: async ({ params: { userId } }, { caller }) => {
      const [profile] = await profiles.visibleTo(caller.user, [userId]);
      if (!profile) throw new Refusal('not-found');
      return profile;
    },
    changeUser: async ({ params: { userId }, body }, { caller }) => {
      onlyOwn(caller, userId);
      await doOp(caller, { type: 'profile', log: selfLog(userId), payload: body });
      return profiles.own(userId);
    },
  };
}
