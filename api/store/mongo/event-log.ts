import { CHAIN_START } from '#sync-protocol';
import type { Clock, EventLog } from '../../core/ports.ts';
import { createAppend } from './appending.ts';
import { toEvent } from './documents.ts';
import { createFolding, type Folding } from './folding.ts';
import { openReads } from './log-reads.ts';
import { type EventDoc, eventId, type Models } from './models.ts';
import { profilesChanged } from './profile-changes.ts';

export type MongoEventLogDeps = {
  readonly models: Models;
  readonly clock: Clock;
  readonly meta: { readonly storeEpoch: string; readonly opHashKey: string };
};
export type MongoEventLog = { readonly eventLog: EventLog; readonly foldWaiting: Folding['foldWaiting'] };

/**
 * Events are fenced by `_id` and by a unique index; what follows from one is stored with it and written right after. Whoever
 * finds an event of which something is still to be written writes it first, so nobody is shown more of the log than of its
 * consequences. No transaction, so it runs on a replica set, on shards, and on what only speaks this protocol. [SQ-10]
 */
export function createMongoEventLog({ models, clock, meta }: MongoEventLogDeps): MongoEventLog {
  const folding = createFolding(models, clock);
  const { events } = models;

  async function find(where: { readonly log: EventDoc['log'] }, limit = 0): Promise<readonly EventDoc[]> {
    const look = () => events.find(where).sort({ _id: 1 }).limit(limit).lean<EventDoc[]>();
    const found = await look();
    if (!found.some(({ unfolded }) => unfolded !== undefined)) return found;
    await folding.fold(where.log);
    // One of them may have blanked another; and what came since is not written.
    const ids = new Set(found.map(({ _id }) => _id));
    return (await look()).filter(({ _id }) => ids.has(_id));
  }

  const eventLog: EventLog = {
    append: createAppend({ models, folding, clock }),
    markRelayed: folding.markRelayed,
    read: async (log, after, limit) => {
      const range = { $gt: eventId(log, after), $lte: eventId(log, Number.MAX_SAFE_INTEGER) };
      return limit <= 0 ? [] : (await find({ log, _id: range } as never, limit)).map(toEvent);
    },
    chainAt: async (log, seq) => {
      if (seq === 0) return CHAIN_START;
      const [event] = await find({ log, _id: eventId(log, seq) } as never);
      return event?.chain;
    },
    findOps: async (log, opIds) => (await find({ log, opId: { $in: [...opIds] } } as never)).map(toEvent),
    ...openReads(models, folding.fold),
    profilesChanged: (user, since) => profilesChanged(models, user, since),
    meta: async () => meta,
  };
  return { eventLog, foldWaiting: folding.foldWaiting };
}
