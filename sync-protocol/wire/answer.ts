import * as z from 'zod/mini';
import { logIdSchema, opIdSchema, seqSchema } from '../ids.ts';
import { refusalCodeSchema } from '../refusal.ts';
import { eventSchema } from './event.ts';

/** The op is event `seq` of its log. `event` is there when it says something else than the op did. [OP-3] */
export const acceptedSchema = z.object({ opId: opIdSchema, log: logIdSchema, seq: seqSchema, event: z.optional(eventSchema) });
export const refusedSchema = z.object({
  opId: z.string(),
  refusal: refusalCodeSchema,
  detail: z.optional(z.string()),
  retryAfterMs: z.optional(z.int()),
});
export const answerSchema = z.union([acceptedSchema, refusedSchema]);
export type Accepted = z.infer<typeof acceptedSchema>;
export type Refused = z.infer<typeof refusedSchema>;
export type Answer = z.infer<typeof answerSchema>;
export const isRefused = (answer: Answer): answer is Refused => 'refusal' in answer;
