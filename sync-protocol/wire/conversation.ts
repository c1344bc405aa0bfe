import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { chainSchema, conversationIdSchema, messageIdSchema, seqOrZeroSchema, timeMsSchema, userIdSchema } from '../ids.ts';
import { marksSchema } from './event.ts';
import { historyPolicySchema, roleSchema } from './op.ts';

/** What all members share besides messages, as of a seq. Members stand in the order in which they came. [FD-4] */
export const conversationStateSchema = z.object({
  asOf: seqOrZeroSchema,
  title: z.optional(z.string()),
  about: z.optional(z.string()),
  policy: z.object({ history: historyPolicySchema }),
  pins: z.array(messageIdSchema),
  members: z.array(z.tuple([userIdSchema, roleSchema])),
});
export type ConversationState = z.infer<typeof conversationStateSchema>;

/** The last visible message in one line, for a list. */
export const previewSchema = z.object({
  id: messageIdSchema,
  by: userIdSchema,
  kind: z.string(),
  /** At most 200 characters. Absent when deleted or of a kind without text. */
  text: z.optional(z.string().check(z.maxLength(limits.textBytesMax))),
  deleted: z.optional(z.literal(true)),
});

/** One conversation in the list, for one person. */
export const conversationRowSchema = z.object({
  id: conversationIdSchema,
  kind: z.enum(['direct', 'group']),
  title: z.optional(z.string()),
  /** The other person of a direct conversation; oneself for notes. */
  other: z.optional(userIdSchema),
  /** The last seq this person may see, and the chain there. */
  head: seqOrZeroSchema,
  chain: chainSchema,
  lastAt: timeMsSchema,
  preview: z.optional(previewSchema),
  /** Messages counted up to `head`: with the read marker, all that unread is computed from. [UN-1] */
  marks: marksSchema,
  unread: seqOrZeroSchema,
  mentions: seqOrZeroSchema,
  /** Absent for a former member. */
  role: z.optional(roleSchema),
  members: seqOrZeroSchema,
  roomEpoch: seqOrZeroSchema,
  compactedTo: seqOrZeroSchema,
  /** Of the other person of a direct conversation. */
  delivered: z.optional(seqOrZeroSchema),
  read: z.optional(seqOrZeroSchema),
});
export type ConversationRow = z.infer<typeof conversationRowSchema>;

const shownSchemas = {
  id: userIdSchema,
  name: z.string(),
  about: z.string(),
  /** 0–359, in degrees; absent: derived from the id. */
  hue: z.optional(z.int().check(z.gte(0), z.lte(359))),
};

export const profileSchema = z.object({
  ...shownSchemas,
  /** Only one's own, and of people one added by number. */
  phone: z.optional(z.string()),
  changedAt: timeMsSchema,
});
export type Profile = z.infer<typeof profileSchema>;

/** As everybody may see it who may see it at all. */
export const pushedProfileSchema = z.object({ ...shownSchemas, changedAt: timeMsSchema });

export const receiptSchema = z.object({
  user: userIdSchema,
  version: seqOrZeroSchema,
  delivered: seqOrZeroSchema,
  read: seqOrZeroSchema,
});
export type Receipt = z.infer<typeof receiptSchema>;
