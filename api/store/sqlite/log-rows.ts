import type { Chain, LogId, OpId, Register, Seq, Span, UserId } from '#sync-protocol';
import type { LogRecord, Membership, ProjectedMessage, RootPart, StoredEvent } from '../../core/ports.ts';

/** Rows as SQLite gives them, and what they mean. What was written as JSON by this folder is trusted to be what it was. */
export type EventRow = { seq: Seq; op_id: OpId; chain: Chain; content: string };
export type LogRow = {
  log: LogId;
  head: Seq;
  chain: Chain;
  last_at: number;
  changed_at: number;
  message_count: number;
  room_epoch: number;
  compacted_to: Seq;
  relayed_to: Seq;
  relays_at: Seq;
  state_as_of: Seq | null;
  state: string | null;
};
export type MembershipRow = {
  log: LogId;
  user: UserId;
  revised: Seq;
  role: 'owner' | 'member' | null;
  spans: string;
  own_messages: number;
};
export type RootPartRow = Pick<LogRow, 'log' | 'head' | 'chain'> & Pick<MembershipRow, 'role' | 'spans'>;
export type RegisterRow = { key: string; revised: Seq; value: string };
export type MessageRow = { message: string };

type EventContent = Omit<StoredEvent, 'seq' | 'opId' | 'chain'>;

export const toEvent = ({ seq, op_id: opId, chain, content }: EventRow): StoredEvent => ({
  seq,
  opId,
  chain,
  ...(JSON.parse(content) as EventContent),
});

export function contentOfEvent(event: StoredEvent): string {
  const { seq: _seq, opId: _opId, chain: _chain, ...content } = event;
  return JSON.stringify(content);
}

export const toRecord = (row: LogRow): LogRecord => ({
  log: row.log,
  head: row.head,
  chain: row.chain,
  lastAt: row.last_at,
  changedAt: row.changed_at,
  messageCount: row.message_count,
  roomEpoch: row.room_epoch,
  compactedTo: row.compacted_to,
  relayedTo: row.relayed_to,
  ...(row.state !== null && { state: { asOf: row.state_as_of ?? 0, ...(JSON.parse(row.state) as Omit<State, 'asOf'>) } }),
});

export type State = NonNullable<LogRecord['state']>;

/** Without `asOf`, which changes with every event: a state that says the same is not written again. */
export function textOfState(state: State): string {
  const { asOf: _, ...rest } = state;
  return JSON.stringify(rest);
}

export const toMembership = (row: MembershipRow): Membership => ({
  user: row.user,
  log: row.log,
  revised: row.revised,
  ...(row.role !== null && { role: row.role }),
  spans: JSON.parse(row.spans) as readonly Span[],
  ownMessages: row.own_messages,
});

export const toRootPart = ({ log, head, chain, role, spans }: RootPartRow): RootPart => ({
  log,
  head,
  chain,
  ...(role !== null && { role }),
  spans: JSON.parse(spans) as readonly Span[],
});

export const toRegister = ({ key, revised, value }: RegisterRow): Register => ({
  key,
  revised,
  value: JSON.parse(value) as unknown,
});

export const toMessage = ({ message }: MessageRow): ProjectedMessage => JSON.parse(message) as ProjectedMessage;
