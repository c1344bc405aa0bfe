import type { Seq, UserId } from '../ids.ts';
import type { ConversationState } from '../wire/conversation.ts';
import type { KnownEvent, LogEvent } from '../wire/event.ts';
import type { Role } from '../wire/op.ts';
import { foldState } from './fold.ts';
import type { Span } from './visibility.ts';

/** One person's standing in a conversation: role (none for a former member), stays, and how much they said. */
export type Standing = { readonly role?: Role; readonly spans: readonly Span[]; readonly ownMessages: number; readonly revised: Seq };

/** What the writer must know of a conversation to decide the next op. Counters are absolute. */
export type LogFold = {
  readonly state: ConversationState;
  readonly standings: ReadonlyMap<UserId, Standing>;
  readonly messageCount: number;
  /** Rises whenever somebody ceases to be a member, so that no room with them in it is ever used again. [LV-5] */
  readonly roomEpoch: number;
};

/** Folds one event into a conversation and says whose standing changed. [FD-7] */
export function foldLog(
  fold: LogFold,
  event: LogEvent,
  known: KnownEvent | undefined,
): { fold: LogFold; changed: readonly UserId[] } {
  const isMessage = event.type === 'message';
  const state = foldState(fold.state, known ?? event);
  const moved = state.members !== fold.state.members;
  const before = new Map(moved ? fold.state.members : []);
  const after = new Map(moved ? state.members : []);
  const standings = new Map(fold.standings);
  const changed = new Set<UserId>();

  const write = (user: UserId, next: Omit<Standing, 'revised'>) => {
    standings.set(user, { ...next, revised: event.seq });
    changed.add(user);
  };
  for (const [user, role] of after) {
    const held = standings.get(user);
    if (before.get(user) === role) continue;
    const spans = before.has(user) ? (held?.spans ?? []) : [...(held?.spans ?? []), openSpan(event.seq, fold.messageCount, held)];
    write(user, { role, spans, ownMessages: held?.ownMessages ?? 0 });
  }
  for (const user of before.keys()) {
    if (after.has(user)) continue;
    const { role: _, ...held } = standings.get(user)!;
    write(user, { ...held, spans: held.spans.map((span, i) => (i === held.spans.length - 1 ? closed(span, event.seq, fold.messageCount, held.ownMessages) : span)) });
  }
  if (isMessage) {
    const held = standings.get(event.by)!;
    write(event.by, { ...held, ownMessages: held.ownMessages + 1 });
  }
  const ended = [...before.keys()].some((user) => !after.has(user));
  return {
    fold: {
      state,
      standings,
      messageCount: fold.messageCount + (isMessage ? 1 : 0),
      roomEpoch: fold.roomEpoch + (ended ? 1 : 0),
    },
    changed: [...changed],
  };
}

const openSpan = (from: Seq, ordinal: number, held: Standing | undefined): Span => ({ from, before: { ordinal, ownOrdinal: held?.ownMessages ?? 0 } });

const closed = (span: Span, to: Seq, ordinal: number, ownOrdinal: number): Span => ({ ...span, to, end: { ordinal, ownOrdinal } });
