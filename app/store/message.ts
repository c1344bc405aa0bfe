import type { ConversationId, KnownEvent, LogEvent, Message, Op, Reaction, ReceivedBody, Seq, UserId } from '#sync-protocol';
import { createMessage, reviseMessage } from '#sync-protocol';
import { PENDING_ORDER, type MessageRecord } from './rows.ts';

/** A message as the server described it, every register as of `asOf`. */
export function fromWire(message: Message, asOf: Seq, conversationId: ConversationId, me: UserId): MessageRecord {
  const reactions: Reaction[] = [];
  const more: Record<string, number> = {};
  for (const { emoji, count, people, mine } of message.reactions) {
    const listed = mine && !people.includes(me) ? [...people, me] : people;
    for (const user of listed) reactions.push({ user, emoji, on: true, revised: asOf });
    if (count > listed.length) more[emoji] = count - listed.length;
  }
  return {
    id: message.id,
    conversationId,
    seq: message.seq,
    order: message.seq,
    asOf,
    revised: message.revised,
    by: message.by,
    at: message.at,
    writtenAt: message.writtenAt,
    ...(message.body && { body: message.body }),
    bodyRevised: Math.min(message.revised, asOf),
    edits: message.edits,
    ...(message.deleted && { deleted: message.revised }),
    ...(message.withheld && { withheld: true }),
    reactions,
    ...(Object.keys(more).length > 0 && { moreReactions: more }),
  };
}

/**
 * Puts a snapshot over what is held. Registers written after it was true stay, all others become what it says, absence
 * included; an older snapshot than the last changes nothing. [AP-4]
 */
export function mergeSnapshot(held: MessageRecord | undefined, fresh: MessageRecord): MessageRecord {
  if (!held || held.local) return fresh;
  if (fresh.asOf < held.asOf) return held;
  if (fresh.deleted !== undefined || held.revised <= fresh.asOf) return fresh;
  if (held.deleted !== undefined && held.deleted > fresh.asOf) return { ...held, asOf: fresh.asOf };
  const later = held.reactions.filter((one) => one.revised > fresh.asOf);
  const rest = fresh.reactions.filter((one) => !later.some((other) => other.user === one.user && other.emoji === one.emoji));
  const merged = { ...fresh, revised: Math.max(held.revised, fresh.revised), reactions: [...rest, ...later] };
  if (held.bodyRevised <= fresh.asOf || !held.body) return merged;
  return { ...merged, body: held.body, bodyRevised: held.bodyRevised, edits: Math.max(fresh.edits + 1, held.edits) };
}

/** What an event does to a held message. What the last snapshot already reflects is not done twice. [WM-6] */
export function reviseHeld(held: MessageRecord, event: LogEvent, known: KnownEvent | undefined): MessageRecord {
  if (held.local || event.seq <= held.asOf) return held;
  if (known) return cleared(held, reviseMessage(held, known) as MessageRecord);
  // What it said is gone from the log, because something later replaced it. Until that comes, or for good when it lies
  // beyond what one may see, its present text is not known here.
  if (event.blank && event.type === 'edit' && held.deleted === undefined && event.seq > held.bodyRevised) {
    const { body: _, ...rest } = held;
    return { ...rest, revised: Math.max(held.revised, event.seq), bodyRevised: event.seq, edits: held.edits + 1, withheld: true };
  }
  return held;
}

/** A new text is known again; with a deleted message go the counts of people beyond those listed. */
function cleared(before: MessageRecord, after: MessageRecord): MessageRecord {
  if (after.bodyRevised === before.bodyRevised && after.deleted === before.deleted) return after;
  const { withheld: _, ...known } = after;
  if (known.deleted === undefined) return known;
  const { moreReactions: __, ...rest } = known;
  return rest;
}

/** The message an event makes. */
export function fromEvent(
  event: LogEvent & { readonly type: 'message' },
  known: KnownEvent | undefined,
  conversationId: ConversationId,
): MessageRecord {
  const body = known?.type === 'message' ? known.payload.body : bodyIn(event);
  return {
    ...createMessage(event, body),
    ...(event.blank && { withheld: true }),
    conversationId,
    order: event.seq,
    asOf: event.seq,
  };
}

/** A body of a later version is kept as it came. */
function bodyIn({ payload, blank }: LogEvent): ReceivedBody | undefined {
  if (blank || !(payload instanceof Object) || !('body' in payload)) return undefined;
  return payload.body as ReceivedBody;
}

/** The row of a message that is on its way. */
export function pendingMessage(
  op: Op & { type: 'message' },
  conversationId: ConversationId,
  by: UserId,
  n: number,
): MessageRecord {
  return {
    id: op.opId,
    conversationId,
    seq: 0,
    order: PENDING_ORDER + n,
    asOf: 0,
    revised: 0,
    by,
    at: op.writtenAt,
    writtenAt: op.writtenAt,
    body: op.payload.body,
    bodyRevised: 0,
    edits: 0,
    reactions: [],
    local: 'queued',
  };
}
