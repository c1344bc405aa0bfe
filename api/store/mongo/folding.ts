import type { LogId, Seq } from '#sync-protocol';
import type { Clock } from '../../core/ports.ts';
import { markOf, type Pending, pendingOf } from './documents.ts';
import type { EventDoc, Models } from './models.ts';
import { createPositions, type Position } from './positions.ts';
import { writeEffects } from './projection.ts';

export interface Folding {
  /** As it is stored, unless this process knows that it is at `head` or beyond: a log only grows. */
  position(log: LogId, head: Seq): Promise<Position>;
  /** Writes what follows from events that this process has just stored. */
  follow(log: LogId, pending: readonly Pending[]): Promise<void>;
  /** Writes what follows from every event of this log of which something is still to be written, whoever stored it. */
  fold(log: LogId): Promise<void>;
  markRelayed(log: LogId, seq: Seq): Promise<void>;
  /** The same for every log with an event that has waited for `ms` at least: its server is not going to do it. Answers how many logs. */
  foldWaiting(ms: number): Promise<number>;
}

const openAtOnce = 128;
const waitingAtOnce = 1_000;

/**
 * First what an event changes elsewhere, then the log's record, and only then the event itself is done with. So nobody is told
 * a head whose consequences cannot be read, and what a crash leaves is found by the event. [SQ-10, SQ-13]
 */
export function createFolding(models: Models, clock: Clock): Folding {
  const { events } = models;
  const positions = createPositions(models, clock);
  const following = new Map<LogId, Promise<void>>();

  async function write(log: LogId, pending: readonly Pending[], known: Position): Promise<void> {
    await writeEffects(models, log, pending);
    await advance(log, pending, known);
    const seqs = pending.map(({ seq }) => seq);
    await events.updateMany({ log, seq: { $in: seqs } }, { $unset: { unfolded: true, follows: true } });
  }

  /** Raises the record to the last of these, unless somebody has. Nothing between it and the first of them is missing. */
  async function advance(log: LogId, pending: readonly Pending[], known: Position): Promise<void> {
    const { log: _, ...record } = pending.at(-1)!.follows.record;
    const state = pending.findLast(({ follows }) => follows.state !== undefined)?.follows.state;
    for (let held = known; held.head < record.head; held = await positions.load(log)) {
      const next = { ...relayedAfter(held, pending), stateMark: state === undefined ? held.stateMark : markOf(state) };
      if (await positions.swap(log, held, next, { ...record, ...(state !== undefined && { state }) })) return;
    }
  }

  async function fold(log: LogId): Promise<void> {
    // What this process is at anyway is not done twice. If it fails, whoever asked for it hears so, and here it is done again.
    await following.get(log)?.catch(() => undefined);
    for (;;) {
      const waiting = events.find({ log, unfolded: { $gte: 0 } }).sort({ seq: 1 });
      const open = await waiting.limit(openAtOnce).lean<EventDoc[]>();
      if (open.length === 0) return;
      await write(log, open.map(pendingOf), await positions.load(log));
    }
  }

  return {
    fold,
    position: async (log, head) => {
      const known = positions.known(log);
      return known.head >= head && head > 0 ? known : positions.load(log);
    },
    follow: (log, pending) => {
      const known = positions.known(log);
      // An earlier event may be there of which another server has not written everything.
      const work = known.head === pending[0]!.seq - 1 ? write(log, pending, known) : fold(log);
      const done = work.finally(() => following.get(log) === done && following.delete(log));
      following.set(log, done);
      return done;
    },
    markRelayed: async (log, seq) => {
      for (;;) {
        const held = await positions.load(log);
        const relayedTo = Math.max(held.relayedTo, Math.min(seq, held.head));
        if (relayedTo === held.relayedTo || (await positions.swap(log, held, { ...held, relayedTo }, {}))) return;
      }
    },
    foldWaiting: async (ms) => {
      const waiting = events.find({ unfolded: { $lte: clock.now() - ms } }, { log: 1 }).limit(waitingAtOnce);
      const found = new Set((await waiting.lean<Pick<EventDoc, 'log'>[]>()).map(({ log }) => log));
      for (const log of found) await fold(log);
      return found.size;
    },
  };
}

/** While no consequence in self logs waits, `relayedTo` moves with the head. */
function relayedAfter({ head, relayedTo, relaysAt }: Position, pending: readonly Pending[]) {
  const next = { head, relayedTo, relaysAt };
  for (const { seq, follows } of pending) {
    if (seq <= head) continue;
    if (follows.relays) next.relaysAt = seq;
    else if (next.relayedTo >= next.relaysAt) next.relayedTo = seq;
    next.head = seq;
  }
  return next;
}
