import {
  createMessage,
  foldRegister,
  isSelfLog,
  reviseMessage,
  type KnownEvent,
  type LogEvent,
  type LogFold,
  type LogId,
  type Register,
  type UserId,
} from '#sync-protocol';
import type { Effect, Membership, ProjectedMessage } from './ports.ts';

/** An event with what it was decided on: the log's state around it, and what it names. */
export type Decision = {
  readonly log: LogId;
  readonly event: LogEvent;
  readonly known: KnownEvent | undefined;
  readonly before: LogFold;
  readonly after: LogFold;
  /** Whose standing it changed. */
  readonly changed: readonly UserId[];
  /** The message it names, as of just before it. */
  readonly target: ProjectedMessage | undefined;
  /** In a self log: the register it is about, as of just before it. */
  readonly register: Register | undefined;
};

/** What one event changes in the projections, in absolute values: projecting it twice changes nothing. [FD-10, FD-11] */
export function effectsOf(decision: Decision): readonly Effect[] {
  if (isSelfLog(decision.log)) return registerEffects(decision);
  return [...messageEffects(decision), ...membershipEffects(decision)];
}

/** Whether the event has consequences in self logs: somebody's stay began or ended, or a contact changed. [RL-1] */
export function hasRelays({ log, event, after, changed }: Decision): boolean {
  if (isSelfLog(log)) return event.type === 'contact';
  return changed.some((user) => after.standings.get(user)?.spans.some(({ from, to }) => from === event.seq || to === event.seq));
}

function registerEffects({ known, register }: Decision): readonly Effect[] {
  const written = known && foldRegister(register, known);
  if (!written) return [];
  const appearance: readonly Effect[] = known.type === 'profile' ? [{ kind: 'profile', at: known.at }] : [];
  return [{ kind: 'register', register: written }, ...appearance];
}

function membershipEffects({ log, after, changed }: Decision): readonly Effect[] {
  return changed.map((user) => {
    const membership: Membership = { user, log, ...after.standings.get(user)! };
    return { kind: 'membership', membership };
  });
}

function messageEffects({ event, known, after, target }: Decision): readonly Effect[] {
  if (event.type === 'message')
    return [{ kind: 'message', message: firstOf(event, known, after) }, ...mentionEffects(known, after)];
  if (!target || !known) return [];
  const { ordinal, authorOrdinal } = target;
  const revised = reviseMessage(target, known);
  const isChanged = revised !== target;
  const message: readonly Effect[] = isChanged ? [{ kind: 'message', message: { ...revised, ordinal, authorOrdinal } }] : [];
  return [...message, ...blankEffects(known, target, isChanged)];
}

function firstOf(event: LogEvent, known: KnownEvent | undefined, after: LogFold): ProjectedMessage {
  const body = known?.type === 'message' ? known.payload.body : undefined;
  return {
    ...createMessage({ ...event, type: 'message' }, body),
    ordinal: after.messageCount,
    authorOrdinal: after.standings.get(event.by)!.ownMessages,
  };
}

/** Only members who are here now can be mentioned, and nobody mentions themselves. */
function mentionEffects(known: KnownEvent | undefined, { standings }: LogFold): readonly Effect[] {
  if (known?.type !== 'message' || !('mentions' in known.payload.body)) return [];
  const { mentions } = known.payload.body as { mentions?: readonly UserId[] };
  const present = [...new Set(mentions)].filter((user) => user !== known.by && standings.get(user)?.role);
  return present.map((user) => ({ kind: 'mention', user, seq: known.seq }));
}

/**
 * What an edit or a deletion supersedes is blanked in the log: the event that last wrote the body. Each edit blanks the one
 * before it, so a deletion leaves no text behind. An edit of a deleted message is superseded as it is stored. [FD-1, FD-3]
 */
function blankEffects(known: KnownEvent, target: ProjectedMessage, isChanged: boolean): readonly Effect[] {
  if (known.type === 'delete' && isChanged) return [{ kind: 'blank', seq: target.bodyRevised }];
  if (known.type === 'edit') return [{ kind: 'blank', seq: isChanged ? target.bodyRevised : known.seq }];
  return [];
}
