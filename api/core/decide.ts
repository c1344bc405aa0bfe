import {
  authorise,
  belongs,
  conversationOf,
  directSeed,
  foldLog,
  isDirect,
  isDirectOf,
  isSelfLog,
  registerKeyOf,
  repeat,
  sequence,
  understand,
  contentOf,
  type Answer,
  type Decided,
  type MessageId,
  type Op,
  type OpId,
  type Refused,
  type Register,
  type Target,
  type UserId,
} from '#sync-protocol';
import { effectsOf, hasRelays, type Decision } from './effects.ts';
import type { HeldLog } from './held-logs.ts';
import type { Outcome } from './self-outcomes.ts';
import type { Hashes, NewEvent, ProjectedMessage, StoredEvent } from './ports.ts';

/** Something waiting to be written: a person's op, or a relay of the server's own. */
export type Asked = {
  readonly by: UserId;
  /** Of what was sent, keyed. */
  readonly bodyHash: string;
} & ({ readonly kind: 'op'; readonly op: Op } | { readonly kind: 'relay'; readonly relay: Omit<Decided, 'bodyHash'> });

export const opIdOf = (asked: Asked): OpId => (asked.kind === 'op' ? asked.op.opId : asked.relay.opId);

/** What was read for a batch before deciding it, as of no particular seq: the append proves it current. */
export type Facts = {
  readonly stored: ReadonlyMap<OpId, StoredEvent>;
  readonly messages: ReadonlyMap<MessageId, ProjectedMessage>;
  readonly registers: ReadonlyMap<string, Register>;
  readonly outcomeOf: (asked: Asked) => Outcome | undefined;
};

export type Accepted = {
  readonly kind: 'accepted';
  readonly answer: Answer;
  readonly decision: Decision;
  readonly event: NewEvent;
};
export type Verdict =
  | Accepted
  /** It is in the log already. */
  | { readonly kind: 'repeated'; readonly answer: Answer; readonly event: StoredEvent }
  | { readonly kind: 'refused'; readonly answer: Refused };

/** A batch while it is decided: the log's state as its accepted ops will have made it, and what they wrote on the way. */
export type Batch = {
  readonly held: HeldLog;
  readonly stored: ReadonlyMap<OpId, StoredEvent>;
  readonly messages: ReadonlyMap<MessageId, ProjectedMessage>;
  readonly registers: ReadonlyMap<string, Register>;
};

type Tools = { readonly hashes: Hashes; readonly nowMs: number };

/** Decides one op against the state it will be appended to. Pure: nothing is stored or told here. [SQ-2, SQ-3, SQ-5] */
export function decide(batch: Batch, asked: Asked, facts: Facts, { hashes, nowMs }: Tools): { verdict: Verdict; batch: Batch } {
  const { held } = batch;
  const opId = opIdOf(asked);
  const misplaced = asked.kind === 'op' ? belongs(asked.op, asked.by) : undefined;
  if (misplaced) return { verdict: { kind: 'refused', answer: { opId, refusal: misplaced } }, batch };
  const known = batch.stored.get(opId);
  if (known) return { verdict: repeated(batch, asked, known, hashes), batch };
  const outcome = facts.outcomeOf(asked);
  const refusal = refusalOf(batch, asked, outcome, hashes);
  if (refusal) return { verdict: { kind: 'refused', answer: { opId, ...refusal } }, batch };
  const decided = asked.kind === 'op' ? decidedOf(held, asked, outcome) : { ...asked.relay, bodyHash: asked.bodyHash };
  return accept(batch, asked, decided, { hashes, nowMs });
}

function repeated({ held }: Batch, asked: Asked, stored: StoredEvent, hashes: Hashes): Verdict {
  const opId = stored.opId;
  if (repeat(stored, asked) === 'same') return { kind: 'repeated', answer: acceptedAnswer(held, asked, stored), event: stored };
  const seesLog = asked.kind === 'op' && (isSelfLog(held.log) || mayKnowOf(held, asked.by, asked.op, hashes));
  return { kind: 'refused', answer: { opId, refusal: seesLog ? 'conflict' : 'not-found' } };
}

const mayKnowOf = (held: HeldLog, by: UserId, op: Op, hashes: Hashes): boolean =>
  held.fold.standings.has(by) && (!isDirectLog(held) || isDirectOfWith(held, op, by, hashes));

function refusalOf(batch: Batch, asked: Asked, outcome: Outcome | undefined, hashes: Hashes): Omit<Refused, 'opId'> | undefined {
  if (asked.kind === 'relay') return undefined;
  const { op, by } = asked;
  const code = isSelfLog(op.log) ? undefined : authorise(op, by, conversationFacts(batch, op, by, hashes));
  if (code) return { refusal: code };
  if (outcome?.kind !== 'refused') return undefined;
  const { detail, retryAfterMs } = outcome;
  return { refusal: outcome.code, ...(detail && { detail }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function conversationFacts({ held, messages }: Batch, op: Op, by: UserId, hashes: Hashes) {
  const targets = new Map<MessageId, Target>([...messages].map(([id, { seq, by: author }]) => [id, { id, seq, by: author }]));
  const { state, standings } = held.fold;
  return {
    head: held.position.head,
    state,
    standing: standings.get(by),
    targets,
    isDirectOfWith: isDirectOfWith(held, op, by, hashes),
  };
}

const isDirectLog = ({ log }: HeldLog): boolean => isDirect(conversationOf(log)!);

const isDirectOfWith = ({ log }: HeldLog, op: Op, by: UserId, hashes: Hashes): boolean =>
  op.with !== undefined && isDirectOf(conversationOf(log)!, hashes.digest(directSeed(by, op.with)));

/** The op as it will stand in the log, with what only the log's own state can say. */
function decidedOf(held: HeldLog, { op, by, bodyHash }: Asked & { kind: 'op' }, outcome: Outcome | undefined): Decided {
  const { type, payload } = outcome?.kind === 'stands' ? outcome : op;
  const { opId, log, writtenAt, base } = op;
  return {
    opId,
    log,
    type,
    by,
    writtenAt,
    payload: settled(held, type, payload),
    bodyHash,
    ...('target' in op && { target: op.target }),
    // Members follow from `with` in a direct conversation only.
    ...(!isSelfLog(log) && isDirectLog(held) && { with: op.with }),
    ...(base !== undefined && { base }),
  };
}

/** The people really added, and whether what was received is really no longer theirs. [AU-6] */
function settled({ fold: { state } }: HeldLog, type: string, payload: unknown): unknown {
  if (type === 'members-added') {
    const present = new Set(state.members.map(([user]) => user));
    const { members } = payload as { members: readonly UserId[] };
    return { members: members.filter((user) => !present.has(user)) };
  }
  if (type === 'member-removed') {
    const { user, purge } = payload as { user: UserId; purge?: boolean };
    return { user, ...(purge && state.policy.history === 'joined' && { purge }) };
  }
  return payload;
}

function accept(batch: Batch, asked: Asked, decided: Decided, { hashes, nowMs }: Tools): { verdict: Verdict; batch: Batch } {
  const { held } = batch;
  const event = sequence(held.position, decided, timeOf(held, decided, nowMs), hashes.short);
  const known = understand(event);
  const key = known && registerKeyOf(known);
  const folded = isSelfLog(held.log) ? { fold: held.fold, changed: [] } : foldLog(held.fold, event, known);
  const decision: Decision = {
    log: held.log,
    event,
    known,
    before: held.fold,
    after: folded.fold,
    changed: folded.changed,
    target: event.target && batch.messages.get(event.target),
    register: key === undefined ? undefined : batch.registers.get(key),
  };
  const next: HeldLog = { ...held, position: { head: event.seq, chain: event.chain, lastAt: event.at }, fold: folded.fold };
  const effects = effectsOf(decision);
  const newEvent: NewEvent = { event, effects, record: recordOf(next), relays: hasRelays(decision) };
  const verdict: Verdict = { kind: 'accepted', answer: acceptedAnswer(held, asked, event), decision, event: newEvent };
  return { verdict, batch: withEffects(batch, next, newEvent) };
}

/** Which of two profiles is the later must be plain from their times, also while the clock stands or goes back. [PR-4] */
const timeOf = ({ position }: HeldLog, { type }: Decided, nowMs: number): number =>
  type === 'profile' ? Math.max(nowMs, position.lastAt + 1) : nowMs;

function recordOf({ log, position, fold, compactedTo }: HeldLog): NewEvent['record'] {
  const { messageCount, roomEpoch, state } = fold;
  return { log, ...position, messageCount, roomEpoch, compactedTo, ...(!isSelfLog(log) && { state }) };
}

/** Later ops of the batch see what earlier ones did. */
function withEffects(batch: Batch, held: HeldLog, { event, effects }: NewEvent): Batch {
  const messages = new Map(batch.messages);
  const registers = new Map(batch.registers);
  for (const effect of effects) {
    if (effect.kind === 'message') messages.set(effect.message.id, effect.message);
    if (effect.kind === 'register') registers.set(effect.register.key, effect.register);
  }
  return { held, messages, registers, stored: new Map(batch.stored).set(event.opId, event) };
}

/** The answer carries the event when it says something else than the op did. A blanked one no longer says anything. [OP-3] */
function acceptedAnswer({ log }: HeldLog, asked: Asked, { bodyHash: _, ...event }: StoredEvent): Answer {
  const { opId, seq } = event;
  const isSaid = event.blank === true || asked.kind === 'relay' || contentOf(asked.op) === contentOf(event);
  return { opId, log, seq, ...(!isSaid && { event }) };
}
