import { createMessage, foldState, reviseMessage, understand, type LogEvent, type MessageFold } from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { EventLog, StoredEvent } from './ports.ts';
import { sharedOf, unrested, type View } from './view.ts';

/** Messages and the conversation around them, all as of `view.head`. [SY-6, SY-8] */
export type Snapshot = { readonly view: View; readonly messages: readonly MessageFold[] };

type Reading = {
  readonly load: () => Promise<View | undefined>;
  readonly pick: (view: View) => Promise<readonly MessageFold[]>;
  /** Whether messages that came while reading belong to it. */
  readonly grows: boolean;
};

/**
 * The log moves while it is read, and one stamp must be true of everything. So what came meanwhile is folded over what was
 * read: an event that is in it already changes nothing [FD-2]. Who may see what is not folded here: when that changed, the
 * reading begins anew.
 */
export async function readSnapshot(store: EventLog, { load, pick, grows }: Reading): Promise<Snapshot | undefined> {
  for (let attempt = 0; attempt < bounds.readAttemptsMax; attempt++) {
    const view = await load();
    if (!view) return undefined;
    const messages = await pick(view);
    // Nothing later is theirs to see: a message touched since is withheld.
    if (!view.isMember) return { view, messages };
    const missed = await store.read(view.log, view.head, bounds.foldForwardEvents);
    if (missed.length === bounds.foldForwardEvents || missed.some(({ type }) => changesStandings.has(type))) continue;
    return { view: missed.reduce(moveView, view), messages: foldMessages(messages, missed, grows) };
  }
  throw unrested();
}

const changesStandings = new Set([
  'group-created',
  'members-added',
  'member-removed',
  'member-left',
  'role-changed',
  'policy-changed',
]);

function foldMessages(messages: readonly MessageFold[], missed: readonly LogEvent[], grows: boolean): readonly MessageFold[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  for (const event of missed) {
    const known = understand(event);
    if (event.type === 'message' && grows && !byId.has(event.opId)) {
      const body = known?.type === 'message' ? known.payload.body : undefined;
      byId.set(event.opId, createMessage({ ...event, type: 'message' }, body));
    }
    const target = event.target && byId.get(event.target);
    if (target && known) byId.set(target.id, reviseMessage(target, known));
  }
  return [...byId.values()];
}

function moveView(view: View, event: StoredEvent): View {
  const { record, membership, marks } = view;
  const isMessage = event.type === 'message';
  const isOwn = isMessage && event.by === view.user;
  const state = record.state && foldState(record.state, event);
  const messageCount = record.messageCount + (isMessage ? 1 : 0);
  const ownMessages = membership.ownMessages + (isOwn ? 1 : 0);
  const { seq: head, chain, at: lastAt } = event;
  return {
    ...view,
    record: { ...record, head, chain, lastAt, messageCount, ...(state && { state }) },
    membership: { ...membership, ownMessages },
    head,
    chain,
    lastAt,
    marks: { ...marks, seq: head, ordinal: messageCount, ownOrdinal: ownMessages },
    shared: state ? sharedOf(state) : view.shared,
    intervals: grown(view.intervals, { from: event.seq, to: event.seq }),
  };
}

/** The last interval is open: it reaches to the head, wherever that is. */
function grown(intervals: View['intervals'], next: View['intervals'][number]): View['intervals'] {
  const last = intervals.at(-1);
  if (!last || last.to + 1 !== next.from) return [...intervals, next];
  return [...intervals.slice(0, -1), { ...last, to: next.to }];
}
