import {
  CHAIN_START,
  type Chain,
  type LogId,
  type OpId,
  type Register,
  type Seq,
  type UserId,
  invariant,
  ownerOf,
} from '#sync-protocol';
import type {
  Clock,
  Effect,
  EventLog,
  LogRecord,
  Membership,
  NewEvent,
  ProjectedMessage,
  RootPart,
  StoredEvent,
} from '../../core/ports.ts';
import { profilesChanged } from './profile-changes.ts';

type MemoryLog = {
  record: LogRecord;
  /** The last event with consequences in self logs. */
  relaysAt: Seq;
  readonly events: StoredEvent[];
  readonly seqsByOpId: Map<OpId, Seq>;
  readonly messagesById: Map<OpId, ProjectedMessage>;
  /** Of creation, ascending. A message's id is the id of the op that made it. */
  readonly messageSeqs: Seq[];
  readonly members: Map<UserId, Membership>;
  readonly mentions: Map<UserId, Seq[]>;
};

type Tables = {
  readonly logs: Map<LogId, MemoryLog>;
  readonly logsOfUser: Map<UserId, Set<LogId>>;
  readonly registers: Map<UserId, Map<string, Register>>;
  readonly profileTimes: Map<UserId, number>;
};

export type MemoryEventLogOptions = { readonly clock?: Clock; readonly storeEpoch?: string; readonly opHashKey?: string };

/** For tests and the simulator: everything in maps, each call whole before it first yields, nothing left to chance. */
export function createMemoryEventLog({
  clock = { now: () => 0 },
  storeEpoch = 'memory',
  opHashKey = '00'.repeat(32),
}: MemoryEventLogOptions = {}): EventLog {
  const tables: Tables = { logs: new Map(), logsOfUser: new Map(), registers: new Map(), profileTimes: new Map() };
  const { logs, logsOfUser, registers } = tables;
  const membersOf = (log: LogId) => logs.get(log)?.members;

  return {
    append: async (log, after, events) => append(tables, { log, after, events, nowMs: clock.now() }),
    markRelayed: async (log, seq) => {
      const held = logs.get(log);
      if (!held) return;
      const { relayedTo, head } = held.record;
      held.record = { ...held.record, relayedTo: Math.max(relayedTo, Math.min(seq, head)) };
    },

    record: async (log) => logs.get(log)?.record,
    read: async (log, after, limit) => logs.get(log)?.events.slice(after, after + limit) ?? [],
    chainAt: async (log, seq): Promise<Chain | undefined> => (seq === 0 ? CHAIN_START : logs.get(log)?.events[seq - 1]?.chain),
    findOps: async (log, opIds) => findOps(logs.get(log), opIds),

    messages: async (log, ids) => {
      const asked = new Set(ids);
      const found = [...asked].flatMap((id) => logs.get(log)?.messagesById.get(id) ?? []);
      return found.sort((a, b) => a.seq - b.seq);
    },
    messagesIn: async (log, from, to, limit, newest) => messagesIn(logs.get(log), { from, to, limit, newest }),
    marksAt: async (log, user, seq) => {
      const held = logs.get(log);
      const ordinal = countUpTo(held?.messageSeqs ?? [], seq);
      return { seq, ordinal, ownOrdinal: held ? ownUpTo(held, user, ordinal) : 0 };
    },
    mentions: async (log, user, after, limit) =>
      (logs.get(log)?.mentions.get(user) ?? []).filter((seq) => seq > after).slice(0, limit),

    membership: async (log, user) => membersOf(log)?.get(user),
    memberships: async (log) => [...(membersOf(log)?.values() ?? [])].sort((a, b) => compare(a.user, b.user)),
    conversationsOf: async (user, changedSince) =>
      [...(logsOfUser.get(user) ?? [])]
        .sort(compare)
        .map((log) => ({ record: logs.get(log)!.record, membership: logs.get(log)!.members.get(user)! }))
        .filter(({ record }) => record.changedAt >= changedSince),
    rootPartsOf: async (user) => [...(logsOfUser.get(user) ?? [])].sort(compare).map((log) => rootPart(logs.get(log)!, user)),
    registers: async (user, prefix = '') =>
      [...(registers.get(user)?.values() ?? [])]
        .filter(({ key }) => key.startsWith(prefix))
        .sort((a, b) => compare(a.key, b.key)),
    register: async (user, key) => registers.get(user)?.get(key),
    profilesChanged: async (user, since) => {
      const memberships = [...(logsOfUser.get(user) ?? [])].map((log) => logs.get(log)!.members);
      return profilesChanged(tables.profileTimes, user, since, { memberships, registers: registers.get(user) });
    },

    unrelayed: async () =>
      [...logs.values()]
        .filter(({ record, relaysAt }) => record.relayedTo < relaysAt)
        .map(({ record }) => record)
        .sort((a, b) => compare(a.log, b.log)),
    meta: async () => ({ storeEpoch, opHashKey }),
  };
}

function rootPart({ record: { log, head, chain }, members }: MemoryLog, user: UserId): RootPart {
  const { role, spans } = members.get(user)!;
  return { log, head, chain, ...(role && { role }), spans };
}

type Appending = { readonly log: LogId; readonly after: Seq; readonly events: readonly NewEvent[]; readonly nowMs: number };

function append(tables: Tables, { log, after, events, nowMs }: Appending): number {
  const found = tables.logs.get(log);
  if ((found?.record.head ?? 0) !== after) return 0;
  let stored = 0;
  for (const { event, effects, record, relays } of events) {
    invariant(event.seq === after + stored + 1, 'events are numbered from the head on');
    const held = tables.logs.get(log) ?? emptyLog(record);
    if (held.seqsByOpId.has(event.opId)) break;
    tables.logs.set(log, held);
    held.events.push(event);
    held.seqsByOpId.set(event.opId, event.seq);
    for (const effect of effects) apply(tables, held, event.seq, effect);
    const { changedAt, relayedTo } = held.record;
    const isSettled = !relays && relayedTo >= held.relaysAt;
    held.record = { ...record, changedAt: Math.max(changedAt, nowMs), relayedTo: isSettled ? event.seq : relayedTo };
    if (relays) held.relaysAt = event.seq;
    stored++;
  }
  return stored;
}

const emptyLog = (record: NewEvent['record']): MemoryLog => ({
  record: { ...record, changedAt: Number.NEGATIVE_INFINITY, relayedTo: 0 },
  relaysAt: 0,
  events: [],
  seqsByOpId: new Map(),
  messagesById: new Map(),
  messageSeqs: [],
  members: new Map(),
  mentions: new Map(),
});

/** Each effect yields to what a later event wrote, so that writing one twice changes nothing. [FD-10] */
function apply({ logsOfUser, registers, profileTimes }: Tables, held: MemoryLog, seq: Seq, effect: Effect): void {
  const { log } = held.record;
  switch (effect.kind) {
    case 'message': {
      const { message } = effect;
      const present = held.messagesById.get(message.id);
      if (present && present.revised >= seq) return;
      if (!present) held.messageSeqs.push(message.seq);
      held.messagesById.set(message.id, message);
      return;
    }
    case 'membership': {
      const { membership } = effect;
      const present = held.members.get(membership.user);
      if (present && present.revised >= seq) return;
      held.members.set(membership.user, membership);
      entry(logsOfUser, membership.user, () => new Set()).add(log);
      return;
    }
    case 'register': {
      const owner = ownerOf(log);
      invariant(owner !== undefined, 'only self logs have registers');
      const own = entry(registers, owner, () => new Map<string, Register>());
      const present = own.get(effect.register.key);
      if (!present || present.revised < seq) own.set(effect.register.key, effect.register);
      return;
    }
    case 'profile': {
      const owner = ownerOf(log);
      invariant(owner !== undefined, 'only a self log says how its person appears');
      profileTimes.set(owner, Math.max(effect.at, profileTimes.get(owner) ?? 0));
      return;
    }
    case 'mention': {
      const seqs = entry(held.mentions, effect.user, () => []);
      if (!seqs.includes(effect.seq)) seqs.push(effect.seq);
      seqs.sort((a, b) => a - b);
      return;
    }
    case 'blank': {
      const event = held.events[effect.seq - 1];
      if (event) held.events[effect.seq - 1] = { ...event, payload: null, blank: true };
    }
  }
}

function findOps(held: MemoryLog | undefined, opIds: readonly OpId[]): readonly StoredEvent[] {
  if (!held) return [];
  const seqs = new Set(opIds.flatMap((opId) => held.seqsByOpId.get(opId) ?? []));
  return [...seqs].sort((a, b) => a - b).map((seq) => held.events[seq - 1]!);
}

type Page = { readonly from: Seq; readonly to: Seq; readonly limit: number; readonly newest: boolean };

function messagesIn(held: MemoryLog | undefined, { from, to, limit, newest }: Page): readonly ProjectedMessage[] {
  if (!held) return [];
  const start = countUpTo(held.messageSeqs, from - 1);
  const end = countUpTo(held.messageSeqs, to);
  const seqs = newest
    ? held.messageSeqs.slice(Math.max(start, end - limit), end).toReversed()
    : held.messageSeqs.slice(start, Math.min(end, start + limit));
  return seqs.map((seq) => messageAt(held, seq));
}

const messageAt = (held: MemoryLog, seq: Seq): ProjectedMessage => held.messagesById.get(held.events[seq - 1]!.opId)!;

/** How many of these ascending seqs are at or below `seq`. */
function countUpTo(seqs: readonly Seq[], seq: Seq): number {
  let low = 0;
  let high = seqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seqs[middle]! <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** This person's place in the count among the first `ordinal` messages. */
function ownUpTo(held: MemoryLog, user: UserId, ordinal: number): number {
  for (let at = ordinal - 1; at >= 0; at--) {
    const message = messageAt(held, held.messageSeqs[at]!);
    if (message.by === user) return message.authorOrdinal;
  }
  return 0;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
