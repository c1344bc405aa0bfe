import type { ConversationId, MessageId, Seq, UserId } from '../ids.ts';
import type { KnownEvent, Marks } from '../wire/event.ts';
import type { Register } from '../wire/self.ts';
import type { BlockedStretch } from './unread.ts';

/**
 * A self log folds into registers: one value a key, each written by the latest event that names it. [RG-1]
 * Keys say what and about whom; values are plain data.
 */
export const registerKeys = {
  member: (id: ConversationId) => `member:${id}`,
  read: (id: ConversationId) => `read:${id}`,
  markedUnread: (id: ConversationId) => `unread:${id}`,
  muted: (id: ConversationId) => `muted:${id}`,
  pinned: (id: ConversationId) => `pinned:${id}`,
  archived: (id: ConversationId) => `archived:${id}`,
  dropped: (id: ConversationId) => `dropped:${id}`,
  draft: (id: ConversationId) => `draft:${id}`,
  hidden: (id: ConversationId, message: MessageId) => `hidden:${id}:${message}`,
  starred: (id: ConversationId, message: MessageId) => `starred:${id}:${message}`,
  blocked: (user: UserId) => `blocked:${user}`,
  contact: (user: UserId) => `contact:${user}`,
  profile: () => 'profile',
} as const;

/** One's stays in a conversation, as the self log knows them. [RG-3] */
export type MemberRegister = { with?: UserId; spans: { from: Seq; to?: Seq }[]; purge?: boolean };
export type ReadRegister = { seq: Seq; marks: Marks };
export type DroppedRegister = { upTo: Seq };
export type BlockedRegister = { on: boolean; stretches: BlockedStretch[] };
/** `on`: I added them. `of`: they added me. */
export type ContactRegister = { on: boolean; of: boolean; name?: string };
/** `also` is what another device had written meanwhile: a conflict keeps both. [RG-5] */
export type DraftRegister = { text: string; also?: string };
export type ProfileRegister = { name?: string; about?: string; hue?: number };
export type SwitchRegister = { on: boolean; untilMs?: number };

/** The register an event of a self log writes, or `undefined` when it changes nothing. [RG-1, RG-2] */
export function foldRegister(held: Register | undefined, event: KnownEvent): Register | undefined {
  const written = write(held, event);
  return written && { ...written, revised: event.seq };
}

/** The key an event of a self log is about. */
export function registerKeyOf(event: KnownEvent): string | undefined {
  const k = registerKeys;
  switch (event.type) {
    case 'joined':
    case 'left':
      return k.member(event.payload.conversation);
    case 'read-marker':
      return k.read(event.payload.conversation);
    case 'marked-unread':
      return k.markedUnread(event.payload.conversation);
    case 'muted':
      return k.muted(event.payload.conversation);
    case 'pinned':
      return k.pinned(event.payload.conversation);
    case 'archived':
      return k.archived(event.payload.conversation);
    case 'dropped':
      return k.dropped(event.payload.conversation);
    case 'draft':
      return k.draft(event.payload.conversation);
    case 'hidden':
      return k.hidden(event.payload.conversation, event.payload.message);
    case 'starred':
      return k.starred(event.payload.conversation, event.payload.message);
    case 'blocked':
      return k.blocked(event.payload.user);
    case 'contact':
    case 'contact-of':
      return k.contact(event.payload.user);
    case 'profile':
      return k.profile();
    default:
      return undefined;
  }
}

function write(held: Register | undefined, event: KnownEvent): Omit<Register, 'revised'> | undefined {
  const key = registerKeyOf(event);
  if (key === undefined) return undefined;
  const at = (value: unknown) => ({ key, value });
  switch (event.type) {
    case 'joined': {
      const { spans, with: other } = (held?.value as MemberRegister | undefined) ?? { spans: [] };
      const { from } = event.payload;
      const person = event.payload.with ?? other;
      return at({
        ...(person && { with: person }),
        spans: [...spans.filter((span) => span.from !== from), { from }],
      } satisfies MemberRegister);
    }
    case 'left': {
      const member = (held?.value as MemberRegister | undefined) ?? { spans: [] };
      const spans = member.spans.map((span) =>
        span.to === undefined && span.from <= event.payload.to ? { ...span, to: event.payload.to } : span,
      );
      return at({ ...member, spans, purge: event.payload.purge } satisfies MemberRegister);
    }
    case 'read-marker': {
      const marker = held?.value as ReadRegister | undefined;
      if (marker && event.payload.seq <= marker.seq) return undefined;
      return at({ seq: event.payload.seq, marks: event.payload.marks } satisfies ReadRegister);
    }
    case 'dropped': {
      const dropped = held?.value as DroppedRegister | undefined;
      return at({ upTo: Math.max(event.payload.upTo, dropped?.upTo ?? 0) } satisfies DroppedRegister);
    }
    case 'blocked':
      return at(block(held?.value as BlockedRegister | undefined, event.payload.on, event.payload.marks));
    case 'contact': {
      const contact = held?.value as ContactRegister | undefined;
      const { on, name } = event.payload;
      return at({ on, of: contact?.of ?? false, ...(on && name !== undefined && { name }) } satisfies ContactRegister);
    }
    case 'contact-of': {
      const contact = (held?.value as ContactRegister | undefined) ?? { on: false, of: false };
      return at({ ...contact, of: event.payload.on } satisfies ContactRegister);
    }
    case 'draft': {
      const draft = held?.value as DraftRegister | undefined;
      const text = event.payload.text;
      const conflict = draft && draft.text && draft.text !== text && (event.base ?? 0) < (held?.revised ?? 0);
      return at({ text, ...(conflict && { also: draft.text }) } satisfies DraftRegister);
    }
    case 'profile':
      return at({ ...(held?.value as ProfileRegister | undefined), ...event.payload });
    case 'marked-unread':
    case 'pinned':
    case 'archived':
    case 'hidden':
    case 'starred':
      return at({ on: event.payload.on } satisfies SwitchRegister);
    case 'muted':
      return at({
        on: event.payload.on,
        ...(event.payload.untilMs !== undefined && { untilMs: event.payload.untilMs }),
      } satisfies SwitchRegister);
    default:
      return undefined;
  }
}

/** Each block opens a stretch where the direct conversation stands, each unblock closes it. [RG-4] */
function block(held: BlockedRegister | undefined, on: boolean, marks: Marks | undefined): BlockedRegister {
  const stretches = held?.stretches ?? [];
  if (on === (held?.on ?? false)) return { on, stretches };
  const here = marks ?? { seq: 0, ordinal: 0, ownOrdinal: 0 };
  if (on) return { on, stretches: [...stretches, { from: here }] };
  return { on, stretches: stretches.map((stretch) => (stretch.to ? stretch : { ...stretch, to: here })) };
}
