/** What a writer would hand to the store, made by the pure rules: the events of a log, and all that follows from them. */
import { createHash } from 'node:crypto';
import {
  CHAIN_START,
  type ConversationId,
  type LogFold,
  type LogId,
  type MessageFold,
  type MessageId,
  type OpId,
  type Position,
  type Register,
  type UserId,
  createMessage,
  emptyState,
  foldLog,
  foldRegister,
  isSelfLog,
  registerKeyOf,
  reviseMessage,
  sequence,
  understand,
} from '#sync-protocol';
import type { Effect, NewEvent, ProjectedMessage, StoredEvent } from '../../api/core/ports.ts';

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
export const aUser = (n: number): UserId => `${hex(n, 8)}-aaaa-7aaa-8aaa-aaaaaaaaaaaa` as UserId;
export const anOpId = (n: number): OpId => `${hex(n, 8)}-0000-7000-8000-000000000000` as OpId;
export const aConversation = (n: number): ConversationId => `${hex(n, 8)}-cccc-7ccc-8ccc-cccccccccccc` as ConversationId;

export type Said = {
  readonly opId: OpId;
  readonly by: UserId;
  readonly type: string;
  readonly payload: unknown;
  readonly target?: MessageId;
};

/** A log as its writer knows it: the fold of everything written so far. Never changed, only succeeded. */
export type Book = {
  readonly log: LogId;
  readonly position: Position;
  readonly fold: LogFold;
  readonly messages: ReadonlyMap<MessageId, ProjectedMessage>;
  readonly registers: ReadonlyMap<string, Register>;
};

export const anEmptyBook = (log: LogId): Book => ({
  log,
  position: { head: 0, chain: CHAIN_START, lastAt: 0 },
  fold: { state: emptyState(), standings: new Map(), messageCount: 0, roomEpoch: 0 },
  messages: new Map(),
  registers: new Map(),
});

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The next event of the log, and the log after it. */
export function write(book: Book, said: Said): { readonly book: Book; readonly event: NewEvent } {
  const { log } = book;
  const bodyHash = short(JSON.stringify([said.opId, said.payload]));
  const event = sequence(book.position, { ...said, log, writtenAt: 1, bodyHash }, 1_000 + book.position.head, short);
  const position = { head: event.seq, chain: event.chain, lastAt: event.at };
  const { next, effects } = isSelfLog(log) ? writeRegister(book, event) : writeConversation(book, event);
  const { messageCount, roomEpoch, state } = next.fold;
  const record = { log, ...position, messageCount, roomEpoch, compactedTo: 0, ...(!isSelfLog(log) && { state }) };
  const relays = ['group-created', 'members-added', 'member-left'].includes(said.type);
  return { book: { ...next, position }, event: { event, effects, record, relays } };
}

/** The next events, in order. */
export function writeAll(book: Book, said: readonly Said[]): { readonly book: Book; readonly events: readonly NewEvent[] } {
  const events: NewEvent[] = [];
  let next = book;
  for (const one of said) {
    const written = write(next, one);
    next = written.book;
    events.push(written.event);
  }
  return { book: next, events };
}

type Written = { readonly next: Book; readonly effects: readonly Effect[] };

function writeRegister(book: Book, event: StoredEvent): Written {
  const known = understand(event);
  const key = known && registerKeyOf(known);
  const register = known && key ? foldRegister(book.registers.get(key), known) : undefined;
  if (!register) return { next: book, effects: [] };
  return {
    next: { ...book, registers: new Map(book.registers).set(register.key, register) },
    effects: [{ kind: 'register', register }],
  };
}

function writeConversation(book: Book, event: StoredEvent): Written {
  const known = understand(event);
  const { fold, changed } = foldLog(book.fold, event, known);
  const memberships = changed.map((user): Effect => {
    return { kind: 'membership', membership: { user, log: book.log, ...fold.standings.get(user)! } };
  });
  const message = messageAfter({ ...book, fold }, event);
  const messages = message ? new Map(book.messages).set(message.id, message) : book.messages;
  return {
    next: { ...book, fold, messages },
    effects: [...memberships, ...(message ? [{ kind: 'message' as const, message }] : []), ...traces(event)],
  };
}

function messageAfter(book: Book, event: StoredEvent): ProjectedMessage | undefined {
  const known = understand(event);
  if (known?.type === 'message') {
    const counts = { ordinal: book.fold.messageCount, authorOrdinal: book.fold.standings.get(event.by)!.ownMessages };
    return { ...createMessage({ ...event, type: 'message' }, known.payload.body), ...counts };
  }
  const target = known?.target && book.messages.get(known.target);
  if (!known || !target) return undefined;
  const revised: MessageFold = reviseMessage(target, known);
  // A deleted one loses its body.
  const { body: _, ...held } = target;
  return revised === target ? undefined : { ...held, ...revised };
}

function traces(event: StoredEvent): readonly Effect[] {
  const { body } = event.payload as { body?: { mentions?: readonly UserId[] } };
  return (body?.mentions ?? []).map((user) => ({ kind: 'mention', user, seq: event.seq }));
}

let lastOp = 0;
/** An op id that no other call gave. */
export const freshOpId = (): OpId => anOpId(++lastOp);

export const aGroupCreated = (by: UserId, members: readonly UserId[]): Said => ({
  opId: freshOpId(),
  by,
  type: 'group-created',
  payload: { title: 'Walks', members },
});

export const aText = (by: UserId, text: string, mentions?: readonly UserId[]): Said => ({
  opId: freshOpId(),
  by,
  type: 'message',
  payload: { body: { kind: 'text', text, ...(mentions && { mentions }) } },
});

export const anEdit = (by: UserId, target: MessageId, text: string): Said => ({ ...aText(by, text), type: 'edit', target });

export const aReaction = (by: UserId, target: MessageId, emoji: string, on = true): Said => ({
  opId: freshOpId(),
  by,
  type: 'reaction',
  target,
  payload: { emoji, on },
});

export const aDelete = (by: UserId, target: MessageId): Said => ({ opId: freshOpId(), by, type: 'delete', target, payload: {} });

export const aStar = (by: UserId, conversation: ConversationId, message: MessageId, on: boolean): Said => ({
  opId: freshOpId(),
  by,
  type: 'starred',
  payload: { conversation, message, on },
});
