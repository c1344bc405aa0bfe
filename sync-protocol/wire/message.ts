import * as z from 'zod/mini';
import { messageIdSchema, seqOrZeroSchema, seqSchema, timeMsSchema, userIdSchema } from '../ids.ts';
import { receivedBodySchema } from './body.ts';

/** Who reacted with one emoji: the first hundred people, how many in all, and whether the reader is among them. [FD-6] */
export const reactionTallySchema = z.object({
  emoji: z.string(),
  count: seqSchema,
  people: z.array(userIdSchema),
  mine: z.boolean(),
});
export type ReactionTally = z.infer<typeof reactionTallySchema>;

/** A message as of some seq: what a window, a reset or a page of history carries. */
export const messageSchema = z.object({
  id: messageIdSchema,
  seq: seqSchema,
  /** The last seq that touched it. */
  revised: seqSchema,
  by: userIdSchema,
  at: timeMsSchema,
  writtenAt: timeMsSchema,
  /** Absent when deleted or withheld. */
  body: z.optional(receivedBodySchema),
  edits: seqOrZeroSchema,
  deleted: z.optional(z.literal(true)),
  /** Changed after the reader left: its present content is not the reader's to see. [VS-6] */
  withheld: z.optional(z.literal(true)),
  reactions: z.array(reactionTallySchema),
});
export type Message = z.infer<typeof messageSchema>;
