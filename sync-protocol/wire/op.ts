import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import {
  conversationIdSchema,
  deviceOpIdSchema,
  logIdSchema,
  messageIdSchema,
  seqOrZeroSchema,
  seqSchema,
  timeMsSchema,
  userIdSchema,
} from '../ids.ts';
import { bodySchema } from './body.ts';
import { aboutSchema, draftTextSchema, emojiSchema, nameSchema, titleSchema } from './text.ts';

export const roleSchema = z.enum(['owner', 'member']);
export type Role = z.infer<typeof roleSchema>;

/** Who sees what was said before they came: `joined` their own spans, `shared` everything up to their last span's end. [VS-2] */
export const historyPolicySchema = z.enum(['joined', 'shared']);
export type HistoryPolicy = z.infer<typeof historyPolicySchema>;

const people = z.array(userIdSchema).check(z.maxLength(limits.groupMembersMax));
const conversation = conversationIdSchema;

/** Payloads of what is said in a conversation log, by op type. */
export const conversationPayloads = {
  message: z.object({ body: bodySchema }),
  edit: z.object({ body: bodySchema }),
  delete: z.object({}),
  reaction: z.object({ emoji: emojiSchema, on: z.boolean() }),
  'group-created': z.object({ title: titleSchema, about: z.optional(aboutSchema), members: people }),
  'members-added': z.object({ members: people }),
  'member-removed': z.object({ user: userIdSchema, purge: z.optional(z.boolean()) }),
  'member-left': z.object({}),
  'role-changed': z.object({ user: userIdSchema, role: roleSchema }),
  'info-changed': z.object({ title: z.optional(titleSchema), about: z.optional(aboutSchema) }),
  'policy-changed': z.object({ history: historyPolicySchema }),
  pin: z.object({ on: z.boolean() }),
} as const;

/** Payloads of a self log that a device may write. */
export const selfPayloads = {
  'read-marker': z.object({ conversation, seq: seqOrZeroSchema }),
  'marked-unread': z.object({ conversation, on: z.boolean() }),
  muted: z.object({ conversation, untilMs: z.optional(timeMsSchema), on: z.boolean() }),
  pinned: z.object({ conversation, on: z.boolean() }),
  archived: z.object({ conversation, on: z.boolean() }),
  dropped: z.object({ conversation, upTo: seqOrZeroSchema }),
  draft: z.object({ conversation, text: draftTextSchema }),
  hidden: z.object({ conversation, message: messageIdSchema, on: z.boolean() }),
  starred: z.object({ conversation, message: messageIdSchema, on: z.boolean() }),
  blocked: z.object({ user: userIdSchema, on: z.boolean() }),
  contact: z.object({ user: userIdSchema, name: z.optional(nameSchema), on: z.boolean() }),
  /** A contact known only by number: resolved by the server, whose answer carries the `contact` event it became. [RG-6] */
  'contact-by-number': z.object({ phone: z.string().check(z.maxLength(32)), name: z.optional(nameSchema) }),
  /** How one appears to others. Hue in degrees, for the avatar. */
  profile: z.object({
    name: z.optional(nameSchema),
    about: z.optional(aboutSchema),
    hue: z.optional(z.int().check(z.gte(0), z.lte(359))),
  }),
} as const;

/** Payloads of a self log that only the server writes, as relays of what happened elsewhere. [RG-3] */
export const relayPayloads = {
  joined: z.object({ conversation, from: seqSchema, with: z.optional(userIdSchema) }),
  left: z.object({ conversation, to: seqSchema, purge: z.boolean() }),
  'contact-of': z.object({ user: userIdSchema, on: z.boolean() }),
} as const;

export type ConversationOpType = keyof typeof conversationPayloads;
export type SelfOpType = keyof typeof selfPayloads;
export type RelayType = keyof typeof relayPayloads;

const targeted = new Set<string>(['edit', 'delete', 'reaction', 'pin']);
export const needsTarget = (type: string): boolean => targeted.has(type);

/** What every op carries. `writtenAt` is the device's clock, shown beside the server's when they differ, ordering nothing. [OP-1] */
const common = {
  opId: deviceOpIdSchema,
  log: logIdSchema,
  writtenAt: timeMsSchema,
  /** The other person, on every op to a direct conversation: the server recomputes the conversation's id from it. [DR-2] */
  with: z.optional(userIdSchema),
  /** The register's revision this was based on (drafts). */
  base: z.optional(seqOrZeroSchema),
};
const target = { target: messageIdSchema };
const c = conversationPayloads;
const s = selfPayloads;

/** What a person did, made on a device, before the server has ordered it. */
export const opSchema = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('message'), payload: c.message }),
  z.object({ ...common, ...target, type: z.literal('edit'), payload: c.edit }),
  z.object({ ...common, ...target, type: z.literal('delete'), payload: c.delete }),
  z.object({ ...common, ...target, type: z.literal('reaction'), payload: c.reaction }),
  z.object({ ...common, ...target, type: z.literal('pin'), payload: c.pin }),
  z.object({ ...common, type: z.literal('group-created'), payload: c['group-created'] }),
  z.object({ ...common, type: z.literal('members-added'), payload: c['members-added'] }),
  z.object({ ...common, type: z.literal('member-removed'), payload: c['member-removed'] }),
  z.object({ ...common, type: z.literal('member-left'), payload: c['member-left'] }),
  z.object({ ...common, type: z.literal('role-changed'), payload: c['role-changed'] }),
  z.object({ ...common, type: z.literal('info-changed'), payload: c['info-changed'] }),
  z.object({ ...common, type: z.literal('policy-changed'), payload: c['policy-changed'] }),
  z.object({ ...common, type: z.literal('read-marker'), payload: s['read-marker'] }),
  z.object({ ...common, type: z.literal('marked-unread'), payload: s['marked-unread'] }),
  z.object({ ...common, type: z.literal('muted'), payload: s.muted }),
  z.object({ ...common, type: z.literal('pinned'), payload: s.pinned }),
  z.object({ ...common, type: z.literal('archived'), payload: s.archived }),
  z.object({ ...common, type: z.literal('dropped'), payload: s.dropped }),
  z.object({ ...common, type: z.literal('draft'), payload: s.draft }),
  z.object({ ...common, type: z.literal('hidden'), payload: s.hidden }),
  z.object({ ...common, type: z.literal('starred'), payload: s.starred }),
  z.object({ ...common, type: z.literal('blocked'), payload: s.blocked }),
  z.object({ ...common, type: z.literal('contact'), payload: s.contact }),
  z.object({ ...common, type: z.literal('contact-by-number'), payload: s['contact-by-number'] }),
  z.object({ ...common, type: z.literal('profile'), payload: s.profile }),
]);
export type Op = z.infer<typeof opSchema>;
export type OpType = Op['type'];
export type OpOf<T extends OpType> = Extract<Op, { type: T }>;

export const isSelfOpType = (type: string): type is SelfOpType => Object.hasOwn(selfPayloads, type);
export const isConversationOpType = (type: string): type is ConversationOpType => Object.hasOwn(conversationPayloads, type);
