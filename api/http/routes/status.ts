import * as z from 'zod/mini';
import { type Handlers, route } from '../route.ts';

export type Health = { readonly ok: boolean; readonly store: 'ok' | 'full' | 'broken'; readonly stopping: boolean };

export const statusRoutes = {
  health: route({
    method: 'get',
    path: '/health',
    summary: 'Whether this server can take messages: 200 when it can, 503 when it cannot',
    access: 'anyone',
    authorisation: 'Anyone: it says nothing about people or configuration.',
    pace: 'read',
    answer: z.object({
      ok: z.boolean(),
      server: z.string(),
      store: z.enum(['ok', 'full', 'broken']),
      stopping: z.boolean(),
    }),
  }),
  redisStatus: route({
    method: 'get',
    path: '/api/redis/status',
    summary: 'Whether servers are joined by Redis',
    access: 'anyone',
    authorisation: 'Anyone: it says nothing about people or addresses.',
    pace: 'read',
    answer: z.object({ configured: z.boolean() }),
  }),
};

type StatusDeps = { readonly serverId: string; readonly health: () => Health };

export function createStatusHandlers({ serverId, health }: StatusDeps): Handlers<typeof statusRoutes> {
  return {
    health: async (_, { setStatus }) => {
      const now = health();
      if (!now.ok) setStatus(503);
      return { server: serverId, ...now };
    },
    redisStatus: async () => ({ configured: false }),
  };
}
