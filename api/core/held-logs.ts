import {
  CHAIN_START,
  emptyState,
  foldLog,
  isSelfLog,
  Refusal,
  understand,
  type LogFold,
  type LogId,
  type Position,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { EventLog, LogRecord, StoredEvent } from './ports.ts';
import { foldOn } from './view.ts';

/** What deciding needs of one log, as of `position.head`. */
export type HeldLog = { readonly log: LogId; readonly position: Position; readonly fold: LogFold; readonly compactedTo: number };

export interface HeldLogs {
  /** As this process knows it; somebody else may have appended since, which the next append finds out. */
  get(log: LogId): Promise<HeldLog>;
  /** As the store has it now. */
  refresh(held: HeldLog): Promise<HeldLog>;
  keep(held: HeldLog): void;
  forget(log: LogId): void;
}

/** The writer's memory: bounded, and never needed for anything but speed. */
export function createHeldLogs({ log: store }: { readonly log: EventLog }): HeldLogs {
  /** Least recently used first. */
  const held = new Map<LogId, HeldLog>();

  function keep(next: HeldLog): void {
    held.delete(next.log);
    held.set(next.log, next);
    if (held.size <= bounds.heldLogsMax) return;
    const [oldest] = held.keys();
    if (oldest) held.delete(oldest);
  }

  async function load(log: LogId): Promise<HeldLog> {
    const loaded = await loadHeld(store, log);
    // Whoever names logs that do not exist pushes nothing out.
    if (loaded.position.head > 0) keep(loaded);
    return loaded;
  }

  return {
    keep,
    forget: (log) => void held.delete(log),
    get: async (log) => held.get(log) ?? load(log),
    refresh: async (from) => {
      const missed = await store.read(from.log, from.position.head, bounds.foldForwardEvents);
      if (missed.length === bounds.foldForwardEvents) return load(from.log);
      const next = missed.reduce(foldHeld, from);
      keep(next);
      return next;
    },
  };
}

export function foldHeld(held: HeldLog, event: StoredEvent): HeldLog {
  const position = { head: event.seq, chain: event.chain, lastAt: event.at };
  if (isSelfLog(held.log)) return { ...held, position };
  return { ...held, position, fold: foldLog(held.fold, event, understand(event)).fold };
}

/** Standings are read after the record: if none is newer than its head, both are as of that head. */
async function loadHeld(store: EventLog, log: LogId): Promise<HeldLog> {
  for (let attempt = 0; attempt < bounds.readAttemptsMax; attempt++) {
    const record = await store.record(log);
    if (!record) return { log, position: { head: 0, chain: CHAIN_START, lastAt: 0 }, fold: emptyFold(), compactedTo: 0 };
    const memberships = isSelfLog(log) ? [] : await store.memberships(log);
    if (memberships.some(({ revised }) => revised > record.head)) {
      await foldOn(store, record);
      continue;
    }
    const standings: LogFold['standings'] = new Map(memberships.map(({ log: _, user, ...standing }) => [user, standing]));
    return { log, ...positionOf(record), fold: { ...foldOf(record), standings } };
  }
  throw new Refusal('unavailable', 'the log does not rest');
}

const positionOf = ({ head, chain, lastAt, compactedTo }: LogRecord) => ({ position: { head, chain, lastAt }, compactedTo });

const foldOf = ({ state = emptyState(), messageCount, roomEpoch }: LogRecord) => ({ state, messageCount, roomEpoch });

const emptyFold = (): LogFold => ({ state: emptyState(), standings: new Map(), messageCount: 0, roomEpoch: 0 });
