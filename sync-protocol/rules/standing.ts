import type { Seq, UserId } from '../ids.ts';
import type { ConversationState } from '../wire/conversation.ts';
import type { KnownEvent, LogEvent } from '../wire/event.ts';
import type { Role } from '../wire/op.ts';
import { foldState } from './fold.ts';
import type { Span, SpanEnd } from './visibility.ts';

/** One person's standing in a conversation: role (none for a former member), stays, and how much they said. */
export type Standing = {
  readonly role?: Role;
  readonly spans: readonly Span[];
  readonly ownMessages: number;
  readonly revised: Seq;
};

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
  const state = foldState(fold.state, event, known);
  const moved = state.members !== fold.state.members;
  const before = new Map(moved ? fold.state.members : []);
  const after = new Map(moved ? state.members : []);
  const ended = [...before.keys()].some((user) => !after.has(user));
  const roomEpoch = fold.roomEpoch + (ended ? 1 : 0);
  const standings = new Map(fold.standings);
  const changed = new Set<UserId>();

  const endOf = (ownOrdinal: number): SpanEnd =>
    spanEnd(event, known, { state, roomEpoch, ordinal: fold.messageCount, ownOrdinal });
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
    write(user, {
      ...held,
      spans: held.spans.map((span, i) =>
        i === held.spans.length - 1 ? { ...span, to: event.seq, end: endOf(held.ownMessages) } : span,
      ),
    });
  }
  if (isMessage) {
    const held = standings.get(event.by)!;
    write(event.by, { ...held, ownMessages: held.ownMessages + 1 });
  }
  const messageCount = fold.messageCount + (isMessage ? 1 : 0);
  return { fold: { state, standings, messageCount, roomEpoch }, changed: [...changed] };
}

const openSpan = (from: Seq, ordinal: number, held: Standing | undefined): Span => ({
  from,
  before: { ordinal, ownOrdinal: held?.ownMessages ?? 0 },
});

type Around = {
  readonly state: ConversationState;
  readonly roomEpoch: number;
  readonly ordinal: number;
  readonly ownOrdinal: number;
};

/** A copy of what is shared, because a former member is shown it as of here for ever. [VS-3] */
function spanEnd(event: LogEvent, known: KnownEvent | undefined, { state, roomEpoch, ordinal, ownOrdinal }: Around): SpanEnd {
  const { asOf: _, members, ...shared } = state;
  return {
    ordinal,
    ownOrdinal,
    chain: event.chain,
    lastAt: event.at,
    roomEpoch,
    state: shared,
    owners: members.filter(([, role]) => role === 'owner').map(([user]) => user),
    members: members.length,
    purge: known?.type === 'member-removed' && known.payload.purge === true,
  };
}
