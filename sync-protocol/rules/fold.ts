import type { MessageId, Seq, UserId } from '../ids.ts';
import type { ReceivedBody } from '../wire/body.ts';
import type { ConversationState } from '../wire/conversation.ts';
import { understand, type KnownEvent, type LogEvent } from '../wire/event.ts';
import type { Role } from '../wire/op.ts';
import { limits } from '../limits.ts';

/** One person's reaction with one emoji: a register of its own. */
export type Reaction = { readonly user: UserId; readonly emoji: string; readonly on: boolean; readonly revised: Seq };

/** A message as the events up to `revised` made it. The server's projection, the device's row and the oracle of the tests are this. */
export type MessageFold = {
  readonly id: MessageId;
  readonly seq: Seq;
  readonly revised: Seq;
  readonly by: UserId;
  readonly at: number;
  readonly writtenAt: number;
  /** Absent when deleted, or blanked before it was ever seen here. */
  readonly body?: ReceivedBody;
  readonly bodyRevised: Seq;
  readonly edits: number;
  /** The seq that deleted it. */
  readonly deleted?: Seq;
  readonly reactions: readonly Reaction[];
};

/** A new message from its event. A blanked one has no body. [FD-1] */
export function createMessage(event: LogEvent & { readonly type: 'message' }, body: ReceivedBody | undefined): MessageFold {
  return {
    id: event.opId,
    seq: event.seq,
    revised: event.seq,
    by: event.by,
    at: event.at,
    writtenAt: event.writtenAt,
    ...(body && { body }),
    bodyRevised: event.seq,
    edits: 0,
    reactions: [],
  };
}

/**
 * What an event does to the message it names. Each register keeps the seq that wrote it and yields only to a later one, so
 * the order in which events reach a device does not matter. A deleted message stays deleted. [FD-2, FD-3]
 */
export function reviseMessage(message: MessageFold, event: KnownEvent): MessageFold {
  const revised = Math.max(message.revised, event.seq);
  switch (event.type) {
    case 'edit': {
      if (message.deleted !== undefined || event.seq <= message.bodyRevised) return message;
      return { ...message, revised, body: event.payload.body, bodyRevised: event.seq, edits: message.edits + 1 };
    }
    case 'delete': {
      if (message.deleted !== undefined) return message;
      const { body: _, ...rest } = message;
      return { ...rest, revised, deleted: event.seq, reactions: [] };
    }
    case 'reaction': {
      if (message.deleted !== undefined) return message;
      const { emoji, on } = event.payload;
      const held = message.reactions.find((one) => one.user === event.by && one.emoji === emoji);
      if (held && held.revised >= event.seq) return message;
      const others = message.reactions.filter((one) => one !== held);
      return { ...message, revised, reactions: [...others, { user: event.by, emoji, on, revised: event.seq }] };
    }
    default:
      return message;
  }
}

export const emptyState = (): ConversationState => ({ asOf: 0, policy: { history: 'joined' }, pins: [], members: [] });

/** What an event does to what all members share. `asOf` moves even when nothing else does, and for an event not understood here. [FD-4, FD-9] */
export function foldState(state: ConversationState, event: LogEvent, known = understand(event)): ConversationState {
  const members = state.members.length === 0 && event.with ? directMembers(event.by, event.with) : state.members;
  const here = members === state.members ? state : { ...state, members };
  return { ...(known ? foldKnown(here, known) : here), asOf: event.seq };
}

function foldKnown(state: ConversationState, event: KnownEvent): ConversationState {
  const { members } = state;
  switch (event.type) {
    case 'group-created':
      return { ...state, ...info(event.payload), members: [[event.by, 'owner'], ...joiners([event.by], event.payload.members)] };
    case 'members-added':
      return {
        ...state,
        members: [
          ...members,
          ...joiners(
            members.map(([user]) => user),
            event.payload.members,
          ),
        ],
      };
    case 'member-removed':
      return { ...state, members: withOwner(members.filter(([user]) => user !== event.payload.user)) };
    case 'member-left':
      return { ...state, members: withOwner(members.filter(([user]) => user !== event.by)) };
    case 'role-changed':
      return {
        ...state,
        members: withOwner(members.map(([user, role]) => [user, user === event.payload.user ? event.payload.role : role])),
      };
    case 'info-changed':
      return { ...state, ...info(event.payload) };
    case 'policy-changed':
      return { ...state, policy: { history: event.payload.history } };
    case 'pin': {
      const others = state.pins.filter((id) => id !== event.target);
      return { ...state, pins: event.payload.on && event.target ? [...others, event.target].slice(-limits.pinsMax) : others };
    }
    default:
      return state;
  }
}

type Members = ConversationState['members'];

const info = (payload: { title?: string | undefined; about?: string | undefined }) => ({
  ...(payload.title !== undefined && { title: payload.title }),
  ...(payload.about !== undefined && { about: payload.about }),
});

const directMembers = (one: UserId, other: UserId): Members =>
  [...new Set([one, other])].toSorted().map((user) => [user, 'member']);

function joiners(present: readonly UserId[], added: readonly UserId[]): Members {
  const room = limits.groupMembersMax - present.length;
  return [...new Set(added)]
    .filter((user) => !present.includes(user))
    .slice(0, Math.max(0, room))
    .map((user): [UserId, Role] => [user, 'member']);
}

/** A group with people in it has an owner: when the last one goes, whoever has been there longest. [FD-5] */
function withOwner(members: Members): Members {
  const [first, ...others] = members;
  if (!first || members.some(([, role]) => role === 'owner')) return members;
  return [[first[0], 'owner'], ...others];
}
