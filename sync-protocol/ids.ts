import * as z from 'zod/mini';

/** Ids are lower-case UUIDs. Version 7 is minted by whoever acts, version 8 is derived from other ids. [ID-1] */
const uuid = (versions: string) =>
  z.string().check(z.regex(new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-[${versions}][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)));

export const userIdSchema = uuid('7').brand<'UserId'>();
export type UserId = z.infer<typeof userIdSchema>;

/** One signed-in browser or script: a session. */
export const deviceIdSchema = uuid('7').brand<'DeviceId'>();
export type DeviceId = z.infer<typeof deviceIdSchema>;

/** A group's id is a v7 of its maker's device; a direct conversation's is a v8 made from its two people. [ID-2] */
export const conversationIdSchema = uuid('78').brand<'ConversationId'>();
export type ConversationId = z.infer<typeof conversationIdSchema>;

/** Minted once at the person's action (v7), or derived by the server for a relay (v8), so nobody can take a relay's id first. [ID-3] */
export const opIdSchema = uuid('78').brand<'OpId'>();
export type OpId = z.infer<typeof opIdSchema>;

/** What a device may mint itself. */
export const deviceOpIdSchema = uuid('7').brand<'OpId'>();

/** A message's id is the id of the op that made it. [ID-4] */
export type MessageId = OpId;
export const messageIdSchema = opIdSchema;

export const logIdSchema = z
  .string()
  .check(z.regex(/^(c:[0-9a-f]{8}-[0-9a-f]{4}-[78]|u:[0-9a-f]{8}-[0-9a-f]{4}-7)[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/))
  .brand<'LogId'>();
export type LogId = z.infer<typeof logIdSchema>;

/** A place in a log: 1, 2, 3 … without holes. 0 stands for "before the first". */
export const seqSchema = z.int().check(z.gte(1));
export const seqOrZeroSchema = z.int().check(z.gte(0));
export type Seq = number;

/** 16 hex digits. Only servers compute it, devices compare it. */
export const chainSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{16}$/))
  .brand<'Chain'>();
export type Chain = z.infer<typeof chainSchema>;
export const CHAIN_START = '0000000000000000' as Chain;

/** Milliseconds since 1970 on whoever's clock the field names. Any finite integer: clocks are wrong, and nothing is ordered by them. */
export const timeMsSchema = z.int();

export const conversationLog = (id: ConversationId): LogId => `c:${id}` as LogId;
export const selfLog = (id: UserId): LogId => `u:${id}` as LogId;
export const isSelfLog = (log: LogId): boolean => log.startsWith('u:');
export const conversationOf = (log: LogId): ConversationId | undefined =>
  log.startsWith('c:') ? (log.slice(2) as ConversationId) : undefined;
export const ownerOf = (log: LogId): UserId | undefined => (log.startsWith('u:') ? (log.slice(2) as UserId) : undefined);
export const isDirect = (id: ConversationId): boolean => id[14] === '8';
