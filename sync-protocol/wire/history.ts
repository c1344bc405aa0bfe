import * as z from 'zod/mini';
import { seqOrZeroSchema, seqSchema } from '../ids.ts';
import { messageSchema } from './message.ts';

/**
 * `GET /api/conversations/:id/messages`. `[from, to]` is the server's claim: every message visible to the reader created
 * there is in `messages`, as of `asOf` and inside one span. A device never infers coverage from the ids it sees. [SY-8]
 */
export const historyPageSchema = z.object({
  storeEpoch: z.string(),
  asOf: seqOrZeroSchema,
  from: seqSchema,
  to: seqOrZeroSchema,
  messages: z.array(messageSchema),
  more: z.boolean(),
});
export type HistoryPage = z.infer<typeof historyPageSchema>;
