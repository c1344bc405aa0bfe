/** Builders for tests on both sides. Everything follows from small numbers, so that failures read well and repeat. */
import {
  CHAIN_START,
  conversationLog,
  selfLog,
  type Chain,
  type ConversationId,
  type ConversationRow,
  type ConversationState,
  type DeviceId,
  type LogEvent,
  type LogId,
  type Message,
  type Op,
  type OpId,
  type OpOf,
  type OpType,
  type Run,
  type RunItem,
  type Seq,
  type UserId,
} from './index.ts';

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const id = (kind: string, n: number, version = 7): string => `${kind.padEnd(8, '0')}-0000-${version}000-8000-${hex(n, 12)}`;

export const aUser = (n: number): UserId => id('a', n) as UserId;
export const aDevice = (n: number): DeviceId => id('d', n) as DeviceId;
export const anOpId = (n: number): OpId => id('0', n) as OpId;
/** A group. */
export const aConversation = (n = 1): ConversationId => id('c', n) as ConversationId;
/** The id of some direct conversation; of whose, only a digest can tell. */
export const aDirectConversation = (n = 1): ConversationId => id('c', n, 8) as ConversationId;
export const aLog = (n = 1): LogId => conversationLog(aConversation(n));
export const aSelfLog = (n = 1): LogId => selfLog(aUser(n));
/** The chain at a seq in a history that went one way; another `history`, another chain. */
export const aChain = (seq: Seq, history = 0): Chain => (seq === 0 ? CHAIN_START : ((hex(history, 4) + hex(seq, 12)) as Chain));
/** Time in these stories starts here and each event takes a second. */
export const aTime = (seq: Seq): number => 1_700_000_000_000 + seq * 1_000;

/** Op `n`: a message to the first group unless said otherwise. */
export function anOp(n: number, parts?: Partial<OpOf<'message'>>): OpOf<'message'>;
export function anOp<T extends OpType>(
  n: number,
  parts: Partial<OpOf<T>> & { readonly type: T; readonly payload: OpOf<T>['payload'] },
): OpOf<T>;
export function anOp(n: number, parts: Partial<Op> = {}): Op {
  const message = { type: 'message', payload: { body: { kind: 'text', text: `message ${n}` } } };
  return { opId: anOpId(n), log: aLog(), writtenAt: aTime(n), ...message, ...parts } as Op;
}

/** The event at `seq` of a log: a message of the first person unless said otherwise. */
export function anEvent(seq: Seq, parts: Partial<LogEvent> = {}): LogEvent {
  return {
    seq,
    opId: anOpId(seq),
    type: 'message',
    by: aUser(1),
    at: aTime(seq),
    writtenAt: aTime(seq),
    payload: { body: { kind: 'text', text: `message ${seq}` } },
    chain: aChain(seq),
    ...parts,
  };
}

/** A message as it was made at `seq` and never touched since. */
export function aMessage(seq: Seq, parts: Partial<Message> = {}): Message {
  const { opId, by, at, writtenAt } = anEvent(seq);
  const body = { kind: 'text', text: `message ${seq}` } as const;
  return { id: opId, seq, revised: seq, by, at, writtenAt, body, edits: 0, reactions: [], ...parts };
}

/** The events `from` … `to`, both included, as a run that joins what came before. */
export function aRun(from: Seq, to: Seq, parts: Partial<Run> = {}): Run {
  const items: RunItem[] = Array.from({ length: to - from + 1 }, (_, i) => anEvent(from + i));
  return { log: aLog(), from: from - 1, fromChain: aChain(from - 1), to, toChain: aChain(to), head: to, items, ...parts };
}

/** A group of persons 1 and 2, the first its owner. */
export function aState(parts: Partial<ConversationState> = {}): ConversationState {
  const members: ConversationState['members'] = [
    [aUser(1), 'owner'],
    [aUser(2), 'member'],
  ];
  return { asOf: 1, title: 'Group', policy: { history: 'joined' }, pins: [], members, ...parts };
}

/** The list's row of group `n` for its owner, whose other member said everything up to `head`. */
export function aRow(n = 1, head: Seq = 1, parts: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: aConversation(n),
    kind: 'group',
    title: `Group ${n}`,
    head,
    chain: aChain(head),
    lastAt: aTime(head),
    marks: { seq: head, ordinal: head, ownOrdinal: 0 },
    unread: 0,
    mentions: 0,
    role: 'owner',
    members: 2,
    roomEpoch: 0,
    compactedTo: 0,
    ...parts,
  };
}
