import * as z from 'zod/mini';
import { chainSchema, messageIdSchema, opIdSchema, seqOrZeroSchema, seqSchema, timeMsSchema, userIdSchema } from '../ids.ts';
import { historyPolicySchema } from './op.ts';
import { receivedBodySchema } from './body.ts';
import { conversationPayloads, relayPayloads, selfPayloads } from './op.ts';

/**
 * An op after the server gave it a `seq`. `type` and `payload` are open on the wire: a device keeps what it does not know
 * raw, its watermark advances all the same, and it folds it after an upgrade. [FD-9]
 */
export const eventSchema = z.object({
  seq: seqSchema,
  opId: opIdSchema,
  type: z.string(),
  by: userIdSchema,
  /** The server's time, never before the previous event's in this log. */
  at: timeMsSchema,
  writtenAt: timeMsSchema,
  target: z.optional(messageIdSchema),
  with: z.optional(userIdSchema),
  base: z.optional(seqOrZeroSchema),
  payload: z.unknown(),
  /** The payload was superseded for good (a deleted message) and is gone from the log. */
  blank: z.optional(z.literal(true)),
  chain: chainSchema,
});
export type LogEvent = z.infer<typeof eventSchema>;

/** Counts of a conversation up to and including a seq: what unread is computed from. [UN-1] */
export const marksSchema = z.object({ seq: seqOrZeroSchema, ordinal: seqOrZeroSchema, ownOrdinal: seqOrZeroSchema });
export type Marks = z.infer<typeof marksSchema>;

/** The same payloads as ops, as they are in the log: some carry what the server found out while deciding. */
const recorded = {
  ...conversationPayloads,
  message: z.object({ body: receivedBodySchema }),
  edit: z.object({ body: receivedBodySchema }),
  'policy-changed': z.object({ history: historyPolicySchema }),
  ...selfPayloads,
  ...relayPayloads,
  'read-marker': z.extend(selfPayloads['read-marker'], { marks: marksSchema }),
  blocked: z.extend(selfPayloads.blocked, { marks: z.optional(marksSchema) }),
} as const;
export type Recorded = { [T in keyof typeof recorded]: z.infer<(typeof recorded)[T]> };
export type KnownType = keyof Recorded;

type Head = Omit<LogEvent, 'type' | 'payload'>;
/** An event this version understands. */
export type KnownEvent = { [T in KnownType]: Head & { readonly type: T; readonly payload: Recorded[T] } }[KnownType];

/** The event as this version understands it, or `undefined`: an unknown type, a blank, or a payload of a later version. [FD-9] */
export function understand(event: LogEvent): KnownEvent | undefined {
  if (event.blank || !Object.hasOwn(recorded, event.type)) return undefined;
  const parsed = recorded[event.type as KnownType].safeParse(event.payload);
  return parsed.success ? ({ ...event, payload: parsed.data } as KnownEvent) : undefined;
}
