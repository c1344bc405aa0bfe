import { isDirect, isSelfLog, ownerOf, conversationOf, type MessageId, type Seq, type UserId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { RefusalCode } from '../refusal.ts';
import type { ConversationState } from '../wire/conversation.ts';
import { isConversationOpType, isSelfOpType, needsTarget, type Op } from '../wire/op.ts';
import type { Standing } from './standing.ts';
import { allowed, within } from './visibility.ts';

/** What is known of the message an op names, in the same log. */
export type Target = { readonly id: MessageId; readonly seq: Seq; readonly by: UserId };

/** What deciding a conversation op needs, as of the head. */
export type ConversationFacts = {
  readonly head: Seq;
  readonly state: ConversationState;
  readonly standing: Standing | undefined;
  /** Every message the op names that exists in this log. */
  readonly targets: ReadonlyMap<MessageId, Target>;
  /** Of a direct conversation: whether its id is made of the caller and `op.with`. [DR-2] */
  readonly isDirectOfWith: boolean;
};

/** Whether the op belongs in this log at all. [AU-1] */
export function belongs(op: Op, by: UserId): RefusalCode | undefined {
  if (isSelfLog(op.log))
    return isSelfOpType(op.type) && ownerOf(op.log) === by ? undefined : isSelfOpType(op.type) ? 'not-found' : 'malformed';
  return isConversationOpType(op.type) ? undefined : 'malformed';
}

/** Every message an op names: all must exist and be visible to whoever names them. [AU-4] */
export function namedBy(op: Op): readonly MessageId[] {
  const named: MessageId[] = [];
  if ('target' in op) named.push(op.target);
  if (op.type === 'message' || op.type === 'edit') {
    const { replyTo, thread } = op.payload.body;
    if (replyTo) named.push(replyTo);
    if (thread) named.push(thread);
  }
  return named;
}

/**
 * Whether `by` may do this here, now. `undefined` is yes. Unknown and not yours look alike. [AU-2]
 * Decided against the state the op will be appended to, so it is serialisable with every other op of the log. [SQ-2]
 */
export function authorise(op: Op, by: UserId, facts: ConversationFacts): RefusalCode | undefined {
  const conversation = conversationOf(op.log);
  if (!conversation) return 'malformed';
  return isDirect(conversation) ? authoriseDirect(op, by, facts) : authoriseGroup(op, by, facts);
}

const directTypes = new Set(['message', 'edit', 'delete', 'reaction', 'pin']);

function authoriseDirect(op: Op, by: UserId, facts: ConversationFacts): RefusalCode | undefined {
  if (!facts.isDirectOfWith) return 'not-found';
  if (!directTypes.has(op.type)) return 'malformed';
  return authoriseTargets(op, facts) ?? authoriseContent(op, by, facts, false);
}

function authoriseGroup(op: Op, by: UserId, facts: ConversationFacts): RefusalCode | undefined {
  if (op.type === 'group-created') {
    if (facts.head > 0) return 'conflict';
    return op.payload.members.length + 1 > limits.groupMembersMax ? 'too-large' : undefined;
  }
  const { standing } = facts;
  if (!standing) return 'not-found';
  if (!standing.role) return 'forbidden';
  const owns = standing.role === 'owner';
  switch (op.type) {
    case 'members-added': {
      const present = new Set(facts.state.members.map(([user]) => user));
      const added = new Set(op.payload.members.filter((user) => !present.has(user)));
      return present.size + added.size > limits.groupMembersMax ? 'too-large' : undefined;
    }
    case 'member-removed':
      return owns && op.payload.user !== by ? undefined : 'forbidden';
    case 'role-changed':
      return owns ? authoriseRole(op.payload.user, op.payload.role, facts.state) : 'forbidden';
    case 'policy-changed':
      return owns ? undefined : 'forbidden';
    case 'member-left':
    case 'info-changed':
      return undefined;
    default:
      return authoriseTargets(op, facts) ?? authoriseContent(op, by, facts, owns);
  }
}

/** Somebody always owns a group: the last owner leaves, or makes another one first. [AU-5] */
function authoriseRole(user: UserId, role: 'owner' | 'member', { members }: ConversationState): RefusalCode | undefined {
  if (!members.some(([member]) => member === user)) return 'not-found';
  const otherOwners = members.filter(([member, held]) => held === 'owner' && member !== user);
  return role === 'member' && otherOwners.length === 0 ? 'conflict' : undefined;
}

function authoriseTargets(op: Op, facts: ConversationFacts): RefusalCode | undefined {
  const sees = facts.standing ? allowed(facts.standing.spans, facts.state.policy.history, facts.head) : [];
  const known = (id: MessageId) => {
    const target = facts.targets.get(id);
    return target !== undefined && within(target.seq, sees);
  };
  return namedBy(op).every(known) ? undefined : 'not-found';
}

/** Only its author edits a message; its author or an owner of the group deletes it. [AU-3] */
function authoriseContent(op: Op, by: UserId, facts: ConversationFacts, owns: boolean): RefusalCode | undefined {
  if (!needsTarget(op.type) || !('target' in op)) return undefined;
  const mine = facts.targets.get(op.target)?.by === by;
  if (op.type === 'edit') return mine ? undefined : 'forbidden';
  if (op.type === 'delete') return mine || owns ? undefined : 'forbidden';
  return undefined;
}
