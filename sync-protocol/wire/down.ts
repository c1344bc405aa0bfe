import * as z from 'zod/mini';
import { chainSchema, conversationIdSchema, seqOrZeroSchema, userIdSchema } from '../ids.ts';
import { refusalCodeSchema } from '../refusal.ts';
import { pushedProfileSchema, receiptSchema } from './conversation.ts';
import { runSchema } from './run.ts';
import { rootSchema } from './sync.ts';

export const selfHeadSchema = z.object({ head: seqOrZeroSchema, chain: chainSchema });

/** Everything the server may say over a socket. A hint that saves a pull, never the only way to learn something. [LV-1] */
export const downSchema = z.discriminatedUnion('type', [
  /** All rooms are joined: sync now, and nothing falls between. [LV-2] */
  z.object({ type: z.literal('ready'), storeEpoch: z.string(), root: rootSchema, self: selfHeadSchema }),
  z.object({ type: z.literal('run'), run: runSchema }),
  z.object({ type: z.literal('self'), run: runSchema }),
  z.object({ type: z.literal('head'), conversation: conversationIdSchema, head: seqOrZeroSchema, chain: chainSchema }),
  z.object({ type: z.literal('receipts'), conversation: conversationIdSchema, people: z.array(receiptSchema) }),
  z.object({ type: z.literal('typing'), conversation: conversationIdSchema, user: userIdSchema, on: z.boolean() }),
  /** Somebody changed how they appear. Numbers are never pushed. [PR-1] */
  z.object({ type: z.literal('profile'), profile: pushedProfileSchema }),
  z.object({ type: z.literal('presence'), user: userIdSchema, online: z.boolean() }),
  z.object({ type: z.literal('heartbeat'), storeEpoch: z.string(), root: rootSchema, self: selfHeadSchema }),
  z.object({ type: z.literal('goodbye'), reconnectInMs: z.int(), jitterMs: z.int() }),
  /** This session ended, or this device is too old: the link stops until the person acts. */
  z.object({ type: z.literal('refused'), refusal: refusalCodeSchema }),
]);
export type Down = z.infer<typeof downSchema>;
