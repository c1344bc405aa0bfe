import * as z from 'zod/mini';
import { chainSchema, logIdSchema, seqOrZeroSchema, seqSchema } from '../ids.ts';
import { conversationStateSchema } from './conversation.ts';
import { eventSchema } from './event.ts';

/** Numbers whose events are not the reader's to see: they create nothing and count as seen. [RN-3] */
export const hiddenSchema = z.object({ hidden: z.literal(true), seq: seqSchema, count: seqSchema });
export type Hidden = z.infer<typeof hiddenSchema>;

/** What most of them are comes first: a union tries its members in their order. */
export const runItemSchema = z.union([eventSchema, hiddenSchema]);
export type RunItem = z.infer<typeof runItemSchema>;

/** Consecutive events of one log: its items tile (from, to] exactly. [RN-1] */
export const runSchema = z.object({
  log: logIdSchema,
  from: seqOrZeroSchema,
  fromChain: chainSchema,
  to: seqOrZeroSchema,
  toChain: chainSchema,
  head: seqOrZeroSchema,
  items: z.array(runItemSchema),
  state: z.optional(conversationStateSchema),
});
export type Run = z.infer<typeof runSchema>;

export const isHidden = (item: RunItem): item is Hidden => 'hidden' in item;
