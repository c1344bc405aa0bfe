import {
  allowed,
  conversationOf,
  ownerOf,
  selfLog,
  utf8Bytes,
  within,
  type Chain,
  type ConversationId,
  type LogEvent,
  type LogFold,
  type LogId,
  type Run,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { Decision } from './effects.ts';
import type { EventLog, LiveStep, LogHead, News, Room } from './ports.ts';

export const conversationRoom = (id: ConversationId, roomEpoch: number): Room => `c:${id}:${roomEpoch}`;
export const userRoom = (user: UserId): Room => selfLog(user);

/** What to tell of an append that surely happened, as a gateway will do it step by step. [LV-1, LV-5, LV-7] */
export function newsOf(log: LogId, before: LogHead, decisions: readonly Decision[]): News {
  const last = decisions.at(-1)!.event;
  const steps = ownerOf(log) ? selfSteps(log, before, decisions) : conversationSteps(log, before, decisions);
  return { log, before, after: { head: last.seq, chain: last.chain }, steps };
}

/** What to tell when an append may or may not have happened, and been told of: where the log stands, and who belongs in its room. */
export function doubtfulNews(log: LogId, after: LogHead, fold: LogFold): News {
  const conversation = conversationOf(log);
  if (!conversation) return { log, after, steps: [] };
  const room = conversationRoom(conversation, fold.roomEpoch);
  return {
    log,
    after,
    steps: [moveTo(conversation, fold), { kind: 'deliver', room, down: { type: 'head', conversation, ...after } }],
  };
}

/** The rooms of one person's sockets, derived from the store: on connecting, and again after every heal. [LV-2] */
export async function roomsOf(store: EventLog, user: UserId): Promise<readonly Room[]> {
  const conversations = await store.conversationsOf(user, 0);
  const present = conversations.filter(({ membership }) => membership.role !== undefined);
  return [userRoom(user), ...present.map(({ record }) => conversationRoom(conversationOf(record.log)!, record.roomEpoch))];
}

function selfSteps(log: LogId, before: LogHead, decisions: readonly Decision[]): LiveStep[] {
  const events = decisions.map(({ event }) => toWire(event));
  return runsOf(log, before, events).map((run) => ({ kind: 'deliver', room: log, down: { type: 'self', run } }));
}

/**
 * The event that takes somebody out is the last their room carries; everybody else is moved to the next one before what
 * follows. Somebody who comes in is moved in first, so that nothing falls between. [LV-5]
 */
function conversationSteps(log: LogId, before: LogHead, decisions: readonly Decision[]): LiveStep[] {
  const conversation = conversationOf(log)!;
  const steps: LiveStep[] = [];
  let at = before;
  let open: { room: Room; from: LogHead; events: LogEvent[] } | undefined;
  const flush = (): void => {
    const { room, from, events } = open ?? { room: '', from: at, events: [] };
    open = undefined;
    if (events.length === 0) return;
    for (const run of runsOf(log, from, events)) steps.push({ kind: 'deliver', room, down: { type: 'run', run } });
  };
  for (const decision of decisions) {
    const event = toWire(decision.event);
    const room = conversationRoom(conversation, decision.before.roomEpoch);
    const isEnd = decision.after.roomEpoch !== decision.before.roomEpoch;
    const isMove = decision.after.state.members !== decision.before.state.members;
    if (isMove || open?.room !== room || !everyoneSees(decision)) flush();
    if (isMove && !isEnd) steps.push(moveTo(conversation, decision.after));
    if (everyoneSees(decision)) (open ??= { room, from: at, events: [] }).events.push(event);
    at = { head: event.seq, chain: event.chain };
    if (!everyoneSees(decision)) steps.push({ kind: 'deliver', room, down: { type: 'head', conversation, ...at } });
    if (!isEnd) continue;
    flush();
    steps.push(moveTo(conversation, decision.after));
  }
  flush();
  return steps;
}

const moveTo = (conversation: ConversationId, { roomEpoch, state }: LogFold): LiveStep => ({
  kind: 'move',
  conversation,
  roomEpoch,
  members: state.members.map(([user]) => user),
});

/** Whether all who will be in the room may see the event: the message it names is within everybody's stays. [LV-7] */
function everyoneSees({ event, target, after }: Decision): boolean {
  if (!event.target) return true;
  if (!target) return false;
  return after.state.members.every(([user]) => {
    const { spans } = after.standings.get(user)!;
    return within(target.seq, allowed(spans, after.state.policy.history, event.seq));
  });
}

function runsOf(log: LogId, before: LogHead, events: readonly LogEvent[]): Run[] {
  const runs: Run[] = [];
  let from: { seq: Seq; chain: Chain } = { seq: before.head, chain: before.chain };
  let items: LogEvent[] = [];
  let bytes = 0;
  const flush = (): void => {
    const last = items.at(-1);
    if (!last) return;
    runs.push({ log, from: from.seq, fromChain: from.chain, to: last.seq, toChain: last.chain, head: last.seq, items });
    from = { seq: last.seq, chain: last.chain };
    [items, bytes] = [[], 0];
  };
  for (const event of events) {
    const size = utf8Bytes(JSON.stringify(event));
    if (bytes + size > bounds.liveRunBytesMax) flush();
    items.push(event);
    bytes += size;
  }
  flush();
  return runs;
}

/** Without what only the store needs. */
export function toWire(event: LogEvent & { readonly bodyHash?: string }): LogEvent {
  const { bodyHash: _, ...wire } = event;
  return wire;
}
