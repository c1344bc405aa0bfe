import { createHash } from 'node:crypto';
import type { ConversationState, LogId, Register, Seq, Span } from '#sync-protocol';
import type { LogRecord, Membership, NewEvent, ProjectedMessage, RootPart, StoredEvent } from '../../core/ports.ts';
import { type EventDoc, eventId, type LogDoc, type MembershipDoc, type MessageDoc, type RegisterDoc } from './models.ts';

/** What is still to be written of an event that is stored. `state` is left out while it is what it was. */
export type Follows = Pick<NewEvent, 'effects' | 'relays'> & {
  readonly record: Omit<NewEvent['record'], 'state'> & { readonly stateAsOf?: Seq };
  readonly state?: string;
};
export type Pending = { readonly seq: Seq; readonly follows: Follows };

export const toEvent = ({ seq, opId, chain, content, payload, blank }: EventDoc): StoredEvent => ({
  seq,
  opId,
  chain,
  ...(JSON.parse(content) as Omit<StoredEvent, 'seq' | 'opId' | 'chain' | 'payload' | 'blank'>),
  payload: JSON.parse(payload) as unknown,
  ...(blank && { blank }),
});

/** `before`: the mark of the state before this event, where it is known. */
export function docOf(log: LogId, { event, effects, record, relays }: NewEvent, before: string | undefined, now: number) {
  const { seq, opId, chain, payload, blank, ...content } = event;
  const { state, ...fields } = record;
  const text = state && textOfState(state);
  const stateMark = text === undefined ? undefined : markOf(text);
  const follows: Follows = {
    effects,
    relays,
    record: { ...fields, ...(state && { stateAsOf: state.asOf }) },
    ...(stateMark !== before && { state: text }),
  };
  const doc: EventDoc = {
    _id: eventId(log, seq),
    log,
    seq,
    opId,
    chain,
    content: JSON.stringify(content),
    payload: JSON.stringify(payload),
    ...(blank && { blank }),
    unfolded: now,
    follows: JSON.stringify(follows),
  };
  return { doc, stateMark, pending: { seq, follows } satisfies Pending };
}

export const pendingOf = ({ seq, follows = '' }: EventDoc): Pending => ({ seq, follows: JSON.parse(follows) as Follows });

/** Without `asOf`, which changes with every event: a state that says the same is not written again. */
function textOfState({ asOf: _, ...state }: ConversationState): string {
  return JSON.stringify(state);
}

/** Digest of a state as it is written, so that one that says the same is not sent again. */
export const markOf = (state: string): string => createHash('sha256').update(state).digest('base64');

export const toRecord = (doc: LogDoc): LogRecord => ({
  log: doc._id,
  head: doc.head,
  chain: doc.chain,
  lastAt: doc.lastAt,
  changedAt: doc.changedAt,
  messageCount: doc.messageCount,
  roomEpoch: doc.roomEpoch,
  compactedTo: doc.compactedTo,
  relayedTo: doc.relayedTo,
  ...(doc.state !== undefined && {
    state: { asOf: doc.stateAsOf ?? 0, ...(JSON.parse(doc.state) as Omit<ConversationState, 'asOf'>) },
  }),
});

export const toMembership = ({ user, log, revised, role, spans, ownMessages }: MembershipDoc): Membership => ({
  user,
  log,
  revised,
  ...(role && { role }),
  spans: JSON.parse(spans) as readonly Span[],
  ownMessages,
});

export const toRootPart = ({ _id: log, head, chain }: LogDoc, { role, spans }: MembershipDoc): RootPart => ({
  log,
  head,
  chain,
  ...(role && { role }),
  spans: JSON.parse(spans) as readonly Span[],
});

export const toRegister = ({ key, revised, value }: RegisterDoc): Register => ({
  key,
  revised,
  value: JSON.parse(value) as unknown,
});

export const toMessage = ({ message }: MessageDoc): ProjectedMessage => JSON.parse(message) as ProjectedMessage;
