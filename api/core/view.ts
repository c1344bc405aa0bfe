import {
  allowed,
  conversationOf,
  emptyState,
  Refusal,
  registerKeys,
  visibleHead,
  type Chain,
  type ConversationId,
  type ConversationState,
  type DroppedRegister,
  type Interval,
  type LogId,
  type Marks,
  type Register,
  type Seq,
  type SpanEnd,
  type UserId,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { ConversationOfUser, EventLog, LogRecord, Membership, RootPart } from './ports.ts';

/** How far one person may see one conversation, and whether it is in their list: what a root is made of. [RT-1] */
export type Place = {
  readonly conversation: ConversationId;
  /** What was received is no longer theirs. */
  readonly isPurged: boolean;
  /** The visible head, and the chain there. */
  readonly head: Seq;
  readonly chain: Chain;
  readonly droppedTo: Seq;
};

/** One conversation as one person may see it. A former member sees it as it stood when they left. [VS-1, VS-2, VS-3] */
export type View = Place & {
  readonly log: LogId;
  readonly user: UserId;
  readonly record: LogRecord;
  readonly membership: Membership;
  readonly isMember: boolean;
  /** What stood at the visible head. */
  readonly lastAt: number;
  readonly marks: Marks;
  readonly shared: Omit<ConversationState, 'members' | 'asOf'>;
  /** What may be shown: within stays or policy, and above what was dropped. In order, none for who was purged. */
  readonly intervals: readonly Interval[];
};

/** A person's own registers, read once for an answer. */
export type OwnRegisters = ReadonlyMap<string, Register>;

export async function ownRegisters(store: EventLog, user: UserId, prefix?: string): Promise<OwnRegisters> {
  return new Map((await store.registers(user, prefix)).map((register) => [register.key, register]));
}

/** What everything that was dropped is kept under. */
export const droppedPrefix = registerKeys.dropped('' as ConversationId);

export function placeOf({ log, head, chain, role, spans }: RootPart, registers: OwnRegisters): Place {
  const conversation = conversationOf(log)!;
  const dropped = registers.get(registerKeys.dropped(conversation))?.value as DroppedRegister | undefined;
  const end = endOf({ role, spans });
  return {
    conversation,
    isPurged: end?.purge === true,
    head: visibleHead(spans, head),
    chain: end?.chain ?? chain,
    droppedTo: dropped?.upTo ?? 0,
  };
}

/** How things stood when somebody ceased to be a member. */
const endOf = ({ role, spans }: Pick<RootPart, 'spans'> & { readonly role: RootPart['role'] }): SpanEnd | undefined =>
  role === undefined ? spans.at(-1)?.end : undefined;

export function viewOf({ record, membership }: ConversationOfUser, registers: OwnRegisters): View {
  const { spans, user, role, ownMessages } = membership;
  const place = placeOf({ ...membership, ...record }, registers);
  const { head, isPurged, droppedTo } = place;
  const state = record.state ?? emptyState();
  const end = endOf({ role, spans });
  const seen = isPurged ? [] : allowed(spans, (end?.state ?? state).policy.history, record.head);
  const marks = end ?? { ordinal: record.messageCount, ownOrdinal: ownMessages };
  return {
    ...place,
    log: record.log,
    user,
    record,
    membership,
    isMember: role !== undefined,
    lastAt: end?.lastAt ?? record.lastAt,
    marks: { seq: head, ordinal: marks.ordinal, ownOrdinal: marks.ownOrdinal },
    shared: end?.state ?? sharedOf(state),
    intervals: seen.flatMap(({ from, to }) => (to > droppedTo ? [{ from: Math.max(from, droppedTo + 1), to }] : [])),
  };
}

export function sharedOf({ asOf: _, members: _members, ...shared }: ConversationState): View['shared'] {
  return shared;
}

/** Whether the conversation is in this person's list and root: not when dropped until something new is in it. [RT-1] */
export const isListed = ({ head, droppedTo, isPurged }: Place): boolean => head > 0 && head > droppedTo && !isPurged;

/** `undefined`: never a member, or no such conversation. The two are not told apart. [AU-2] */
export async function loadView(store: EventLog, log: LogId, user: UserId, own?: OwnRegisters): Promise<View | undefined> {
  const conversation = conversationOf(log);
  if (!conversation) return undefined;
  const registers = own ?? (await droppedRegister(store, user, conversation));
  for (let attempt = 0; attempt < bounds.readAttemptsMax; attempt++) {
    const record = await store.record(log);
    const membership = record && (await store.membership(log, user));
    if (!membership || membership.spans.length === 0) return undefined;
    // Read after the record: unless it is newer, both are as of the record's head.
    if (membership.revised <= record.head) return viewOf({ record, membership }, registers);
    await foldOn(store, record);
  }
  throw unrested();
}

/**
 * What follows from an event is there before the log's record says so, and its server may have died between the two: whoever
 * reads the event is shown a record that knows of it. [SQ-10]
 */
export async function foldOn(store: EventLog, { log, head }: Pick<LogRecord, 'log' | 'head'>): Promise<void> {
  await store.read(log, head, 1);
}

async function droppedRegister(store: EventLog, user: UserId, conversation: ConversationId): Promise<OwnRegisters> {
  const register = await store.register(user, registerKeys.dropped(conversation));
  return new Map(register ? [[register.key, register]] : []);
}

export const unrested = (): Refusal =>
  new Refusal('unavailable', 'the conversation does not rest', { retryAfterMs: bounds.retryAfterMs });
