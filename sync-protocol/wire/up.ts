import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { conversationIdSchema, seqSchema } from '../ids.ts';
import { answerSchema } from './answer.ts';

/** Everything a device may say over a socket. */
export const upSchema = z.discriminatedUnion('type', [
  /** The fast path of the outbox: the same ops, answered as in a sync. */
  z.object({
    type: z.literal('ops'),
    storeEpoch: z.string(),
    ops: z.array(z.unknown()).check(z.maxLength(limits.opsPerSyncMax)),
  }),
  z.object({ type: z.literal('typing'), conversation: conversationIdSchema, on: z.boolean() }),
  z.object({
    type: z.literal('received'),
    received: z.array(z.object({ conversation: conversationIdSchema, seq: seqSchema })).check(z.maxLength(limits.receivedMax)),
  }),
]);
export type Up = z.infer<typeof upSchema>;

/** The acknowledgement of `ops`. */
export const opsReplySchema = z.object({ answers: z.array(answerSchema) });
export type OpsReply = z.infer<typeof opsReplySchema>;
