import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { messageIdSchema, userIdSchema } from '../ids.ts';
import { messageTextSchema } from './text.ts';

/** What may accompany any kind of body. Ids only: previews are resolved by whoever shows them, against what they may see. [OP-6] */
const context = {
  replyTo: z.optional(messageIdSchema),
  thread: z.optional(messageIdSchema),
  mentions: z.optional(z.array(userIdSchema).check(z.maxLength(limits.mentionsMax))),
};

export const textBodySchema = z.object({ kind: z.literal('text'), text: messageTextSchema, ...context });

/** A message's content, a union by `kind`. Later kinds (file, poll, sealed) are new members. */
export const bodySchema = z.discriminatedUnion('kind', [textBodySchema]);
export type Body = z.infer<typeof bodySchema>;

/** A body as a device receives it: a kind it does not know is kept raw and shown after an upgrade. [FD-9] */
export const receivedBodySchema = z.union([bodySchema, z.looseObject({ kind: z.string() })]);
export type ReceivedBody = z.infer<typeof receivedBodySchema>;
