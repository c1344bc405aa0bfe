import * as z from 'zod/mini';
import { deviceIdSchema, timeMsSchema } from '#sync-protocol';
import type { Sessions } from '../../core/sessions.ts';
import { type Handlers, route } from '../route.ts';

const deviceSchema = z.object({
  id: deviceIdSchema,
  label: z.string(),
  signedInAt: timeMsSchema,
  usedAt: timeMsSchema,
  /** The network address it was signed in from, as the server saw it: the first half of an IPv6 one. */
  address: z.optional(z.string()),
  /** The one that asks. */
  current: z.boolean(),
});

export const deviceRoutes = {
  devices: route({
    method: 'get',
    path: '/api/devices',
    summary: 'The devices one is signed in on',
    access: 'signed-in',
    authorisation: 'One’s own devices.',
    pace: 'read',
    answer: z.object({ devices: z.array(deviceSchema) }),
  }),
  revokeDevice: route({
    method: 'delete',
    path: '/api/devices/:deviceId',
    summary: 'End the session of a device: its sockets close at once, and it wipes itself when it next hears of it',
    access: 'signed-in',
    authorisation: 'One’s own devices; any other id is not found.',
    pace: 'write',
    params: z.strictObject({ deviceId: deviceIdSchema }),
    answer: z.object({}),
  }),
};

export function createDeviceHandlers({ sessions }: { readonly sessions: Sessions }): Handlers<typeof deviceRoutes> {
  return {
    devices: async (_, { caller }) => ({
      devices: (await sessions.list(caller.user)).map(({ device, label, signedInAt, usedAt, address }) => ({
        id: device,
        label,
        signedInAt,
        usedAt,
        ...(address !== undefined && { address }),
        current: device === caller.device,
      })),
    }),
    revokeDevice: async ({ params: { deviceId } }, { caller }) => {
      await sessions.revoke(caller, deviceId);
      return {};
    },
  };
}
