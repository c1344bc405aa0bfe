import {
  conversationOf,
  isDirect,
  isSelfLog,
  ownerOf,
  selfLog,
  understand,
  uuidV8,
  type Decided,
  type LogId,
  type OpId,
  type UserId,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { EventLog, Hashes, LogRecord, Membership, StoredEvent } from './ports.ts';

export type Relay = Omit<Decided, 'bodyHash'>;

export interface Relays {
  /** Writes everything the log still owes to self logs, in the order of the log. False when something stayed undone. [RL-1, RL-2] */
  finish(log: LogId): Promise<boolean>;
  /** The same for every log that owes something. [RL-2] */
  repair(): Promise<void>;
}

type RelaysDeps = {
  readonly log: EventLog;
  readonly hashes: Hashes;
  /** Writes into a self log; true when it is stored, now or before. */
  readonly write: (relay: Relay) => Promise<boolean>;
};

export function createRelays({ log: store, hashes, write }: RelaysDeps): Relays {
  /** Two at once write the same relays in the same order, and the second of each is a repeat. */
  async function finishNow(log: LogId): Promise<boolean> {
    let record = await store.record(log);
    while (record && record.relayedTo < record.head) {
      const { relayedTo } = record;
      const events = await store.read(log, relayedTo, bounds.runPageEvents);
      const last = events.at(-1);
      if (!last || !(await writeAll(record, events))) return false;
      await store.markRelayed(log, last.seq);
      record = { ...record, relayedTo: last.seq };
    }
    return true;
  }

  async function writeAll(record: LogRecord, events: readonly StoredEvent[]): Promise<boolean> {
    const memberships = isSelfLog(record.log) ? [] : await store.memberships(record.log);
    for (const event of events) {
      const relays = relaysOf(record.log, event, memberships).map((relay) => ({
        ...relay,
        opId: opIdOf(record.log, event, relay.log),
      }));
      for (let at = 0; at < relays.length; at += bounds.relaysAtOnce) {
        const written = await Promise.all(relays.slice(at, at + bounds.relaysAtOnce).map(write));
        if (written.includes(false)) return false;
      }
    }
    return true;
  }

  /** The same relay always has the same id, whoever writes it, however often. [RL-1, ID-3] */
  const opIdOf = (log: LogId, { seq }: StoredEvent, to: LogId) =>
    uuidV8(hashes.digest(`relay:${log}:${seq}:${ownerOf(to)}`)) as OpId;

  const finish = (log: LogId): Promise<boolean> => finishNow(log).catch(() => false);

  return {
    finish,
    repair: async () => {
      for (const { log } of await store.unrelayed()) await finish(log);
    },
  };
}

/** What an event means to self logs. Stays say it all: they begin and end at the events that began and ended them. */
function relaysOf(log: LogId, event: StoredEvent, memberships: readonly Membership[]): Omit<Relay, 'opId'>[] {
  const known = understand(event);
  const common = { by: event.by, writtenAt: event.writtenAt };
  if (isSelfLog(log)) {
    if (known?.type !== 'contact' || known.payload.user === event.by) return [];
    const payload = { user: event.by, on: known.payload.on };
    return [{ ...common, log: selfLog(known.payload.user), type: 'contact-of', payload }];
  }
  const conversation = conversationOf(log)!;
  return memberships.flatMap(({ user, spans }): Omit<Relay, 'opId'>[] => {
    if (spans.some(({ from }) => from === event.seq)) {
      const other = isDirect(conversation) ? otherOf(memberships, user) : undefined;
      return [
        {
          ...common,
          log: selfLog(user),
          type: 'joined',
          payload: { conversation, from: event.seq, ...(other && { with: other }) },
        },
      ];
    }
    const ended = spans.find(({ to }) => to === event.seq);
    if (!ended) return [];
    return [
      { ...common, log: selfLog(user), type: 'left', payload: { conversation, to: event.seq, purge: ended.end?.purge ?? false } },
    ];
  });
}

/** Oneself, for notes. */
const otherOf = (memberships: readonly Membership[], user: UserId): UserId =>
  memberships.find((one) => one.user !== user)?.user ?? user;
