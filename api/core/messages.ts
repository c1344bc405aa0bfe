import { limits, type Message, type MessageFold, type Reaction, type ReactionTally, type UserId } from '#sync-protocol';
import type { View } from './view.ts';

/** Changed after a former member's visible head: what it says now is not theirs to see. [VS-6] */
export const isWithheld = ({ revised }: MessageFold, { isMember, head }: Pick<View, 'isMember' | 'head'>): boolean =>
  !isMember && revised > head;

/** A message as its reader may see it. */
export function toMessage(message: MessageFold, view: Pick<View, 'isMember' | 'head' | 'user'>): Message {
  const { id, seq, revised, by, at, writtenAt, body, edits, deleted, reactions } = message;
  if (isWithheld(message, view)) {
    return { id, seq, revised: view.head, by, at, writtenAt, edits: 0, withheld: true, reactions: [] };
  }
  return {
    id,
    seq,
    revised,
    by,
    at,
    writtenAt,
    ...(body && { body }),
    edits,
    ...(deleted !== undefined && { deleted: true }),
    reactions: tally(reactions, view.user),
  };
}

/** In the order in which each emoji, and each of its people, came last. [FD-6] */
function tally(reactions: readonly Reaction[], reader: UserId): ReactionTally[] {
  const on = reactions.filter((one) => one.on).toSorted((a, b) => a.revised - b.revised);
  return [...Map.groupBy(on, ({ emoji }) => emoji)].map(([emoji, group]) => ({
    emoji,
    count: group.length,
    people: group.slice(0, limits.reactionPeopleMax).map(({ user }) => user),
    mine: group.some(({ user }) => user === reader),
  }));
}
