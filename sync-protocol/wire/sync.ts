import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import {
  chainSchema,
  conversationIdSchema,
  logIdSchema,
  seqOrZeroSchema,
  seqSchema,
  timeMsSchema,
  userIdSchema,
} from '../ids.ts';
import { answerSchema } from './answer.ts';
import { conversationRowSchema, conversationStateSchema, profileSchema, receiptSchema } from './conversation.ts';
import { messageSchema } from './message.ts';
import { runSchema } from './run.ts';
import { selfStateSchema } from './self.ts';

export const rootSchema = z.string().check(z.regex(/^[0-9a-f]{16}$/));

/** `POST /api/sync`. `ops` are parsed one by one, so that one bad op does not fail the batch. [SY-1] */
export const syncRequestSchema = z.object({
  version: z.int().check(z.gte(1)),
  storeEpoch: z.optional(z.string().check(z.maxLength(64))),
  /** Absent: first sign-in, the answer is a snapshot. */
  self: z.optional(z.object({ watermark: seqOrZeroSchema, chain: chainSchema })),
  /** The cursor of the next page of rows, as the last answer gave it. */
  bootstrap: z.optional(z.string().check(z.maxLength(128))),
  root: z.optional(rootSchema),
  /** The server's `now` of the last finished sync. A hint only. */
  since: z.optional(timeMsSchema),
  heads: z.optional(z.literal('all')),
  logs: z.optional(
    z
      .array(
        z.object({
          log: logIdSchema,
          watermark: seqOrZeroSchema,
          chain: chainSchema,
          /** No range of it is held here: answer with a window. */
          empty: z.optional(z.literal(true)),
        }),
      )
      .check(z.maxLength(limits.logsPerSyncMax)),
  ),
  rowsOf: z.optional(z.array(conversationIdSchema).check(z.maxLength(limits.rowsOfMax))),
  people: z.optional(z.array(userIdSchema).check(z.maxLength(limits.peopleOfMax))),
  receiptsOf: z.optional(
    z.array(z.object({ conversation: conversationIdSchema, version: seqOrZeroSchema })).check(z.maxLength(limits.receiptsOfMax)),
  ),
  received: z.optional(
    z.array(z.object({ conversation: conversationIdSchema, seq: seqSchema })).check(z.maxLength(limits.receivedMax)),
  ),
  ops: z.optional(z.array(z.unknown()).check(z.maxLength(limits.opsPerSyncMax))),
  budgetBytes: z.optional(z.int().check(z.gte(limits.responseBytesMin), z.lte(limits.responseBytesMax))),
});
export type SyncRequest = z.infer<typeof syncRequestSchema>;

const windowFields = {
  log: logIdSchema,
  /** The watermark it was asked from; 0 in a reset. */
  from: seqOrZeroSchema,
  /** As of which seq everything in it is true; the device's new watermark. */
  head: seqOrZeroSchema,
  chain: chainSchema,
  /** Every message visible to the reader created in [windowStart, head] is in `messages`. */
  windowStart: seqSchema,
  row: conversationRowSchema,
  state: conversationStateSchema,
  messages: z.array(messageSchema),
  mentions: z.array(seqSchema),
};

/** What the server says about one log it was asked for. [SY-5] */
export const logPartSchema = z.discriminatedUnion('kind', [
  z.extend(runSchema, { kind: z.literal('run') }),
  z.object({ kind: z.literal('window'), ...windowFields }),
  z.object({ kind: z.literal('reset'), why: z.enum(['store-epoch', 'fork']), ...windowFields }),
  /** No longer a member: forget what was received (purge), or end the span. */
  z.object({ kind: z.literal('gone'), log: logIdSchema, from: seqOrZeroSchema, to: seqOrZeroSchema, purge: z.boolean() }),
  z.object({ kind: z.literal('behind'), log: logIdSchema, retryAfterMs: z.int() }),
  z.object({ kind: z.literal('unknown'), log: logIdSchema }),
]);
export type LogPart = z.infer<typeof logPartSchema>;
export type Window = Extract<LogPart, { kind: 'window' }>;
export type Reset = Extract<LogPart, { kind: 'reset' }>;

/** First sign-in, or a self log that went another way than this device knows. */
export const selfSnapshotSchema = z.object({
  snapshot: selfStateSchema,
  at: seqOrZeroSchema,
  chain: chainSchema,
  rows: z.array(conversationRowSchema),
  bootstrap: z.optional(z.string()),
});
export type SelfSnapshot = z.infer<typeof selfSnapshotSchema>;

export const syncResponseSchema = z.object({
  version: z.int(),
  storeEpoch: z.string(),
  now: timeMsSchema,
  syncEverySeconds: z.int(),
  root: rootSchema,
  answers: z.array(answerSchema),
  /** Absent: nothing new. */
  self: z.optional(z.union([runSchema, selfSnapshotSchema])),
  logs: z.array(logPartSchema),
  rows: z.array(conversationRowSchema),
  /** The cursor of the next page of rows while bootstrapping. */
  bootstrap: z.optional(z.string()),
  heads: z.optional(z.array(z.tuple([conversationIdSchema, seqOrZeroSchema, chainSchema]))),
  receipts: z.array(z.object({ conversation: conversationIdSchema, people: z.array(receiptSchema) })),
  people: z.array(profileSchema),
  /** Who changed their profile at or after `since` less a minute, and when: of whom an older one is held is to be asked for. [PR-2] */
  peopleChanged: z.optional(z.array(z.tuple([userIdSchema, timeMsSchema]))),
  more: z.boolean(),
});
export type SyncResponse = z.infer<typeof syncResponseSchema>;

/** The body of a 426: the device is too old to sync, but what it wrote was taken. [PV-3] */
export const tooOldSchema = z.object({
  refusal: z.literal('client-too-old'),
  answers: z.array(answerSchema),
  oldestVersion: z.int(),
});
