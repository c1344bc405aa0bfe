import {
  CHAIN_START,
  emptyState,
  foldLog,
  isSelfLog,
  registerKeyOf,
  understand,
  type LogFold,
  type LogId,
  type MessageId,
  type Position,
  type Register,
} from '#sync-protocol';
import { effectsOf, hasRelays, type Decision } from './effects.ts';
import type { Effect, NewEvent, ProjectedMessage, StoredEvent } from './ports.ts';

/** A log as far as its stored events have been folded again. */
export type Refolded = { readonly log: LogId; readonly position: Position; readonly fold: LogFold };

export const beforeAllOf = (log: LogId): Refolded => ({
  log,
  position: { head: 0, chain: CHAIN_START, lastAt: 0 },
  fold: { state: emptyState(), standings: new Map(), messageCount: 0, roomEpoch: 0 },
});

/** What an event is about, which is to be read before it is folded. */
export type About = { readonly target?: MessageId | undefined; readonly register?: string | undefined };

export function aboutOf(log: LogId, event: StoredEvent): About {
  const known = understand(event);
  return isSelfLog(log) ? { register: known && registerKeyOf(known) } : { target: event.target };
}

type Held = { readonly target: ProjectedMessage | undefined; readonly register: Register | undefined };

/** The next event of a log with everything that followed from it when it was stored: the same rules, the same projections. [FD-11] */
export function refold(before: Refolded, event: StoredEvent, held: Held): { readonly event: NewEvent; readonly after: Refolded } {
  const { log } = before;
  const known = understand(event);
  const { fold, changed } = isSelfLog(log) ? { fold: before.fold, changed: [] } : foldLog(before.fold, event, known);
  const decision: Decision = { log, event, known, before: before.fold, after: fold, changed, ...held };
  const position = { head: event.seq, chain: event.chain, lastAt: event.at };
  const { messageCount, roomEpoch, state } = fold;
  const record = { log, ...position, messageCount, roomEpoch, compactedTo: 0, ...(!isSelfLog(log) && { state }) };
  const effects = [...effectsOf(decision), ...blankedEdit(event, held.target)];
  return { event: { event, effects, record, relays: hasRelays(decision) }, after: { log, position, fold } };
}

/** What a blanked edit said is gone, but not that it was one. An edit that was blank from the first came after the deletion. [FD-3] */
function blankedEdit(event: StoredEvent, target: ProjectedMessage | undefined): readonly Effect[] {
  if (!event.blank || event.type !== 'edit' || !target || target.deleted !== undefined) return [];
  const { body: _, ...rest } = target;
  return [
    { kind: 'message', message: { ...rest, revised: event.seq, bodyRevised: event.seq, edits: target.edits + 1 } },
    { kind: 'blank', seq: target.bodyRevised },
  ];
}
