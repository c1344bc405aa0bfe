import type { mongo } from 'mongoose';
import { invariant, ownerOf, type LogId, type Seq, type UserId } from '#sync-protocol';
import type { Effect } from '../../core/ports.ts';
import type { Pending } from './documents.ts';
import { ifTaken } from './errors.ts';
import { eventId, type Models } from './models.ts';

type Stored = { readonly _id: string };
type Places = Exclude<keyof Models, 'facts' | 'logs'>;

/**
 * Writes what follows from events. Each write yields to what a later event wrote, so that it may be done again, by another
 * server, or in another order, and changes nothing then. [FD-10]
 */
export async function writeEffects(models: Models, log: LogId, pending: readonly Pending[]): Promise<void> {
  const writes: { [P in Places]?: Map<string, Planned> } = {};
  for (const { seq, follows } of pending) {
    for (const effect of follows.effects) {
      const planned = writeOf(log, seq, effect);
      const ofPlace = (writes[planned.place] ??= new Map());
      // Of what one batch writes to one document, one is to be seen in the end.
      if ((ofPlace.get(planned.key)?.revised ?? 0) < seq) ofPlace.set(planned.key, planned);
    }
  }
  await Promise.all(
    Object.entries(writes).map(([place, planned]) => {
      const writing = collectionOf(models, place as Places).bulkWrite([...planned.values()].map(operation), { ordered: false });
      return ifTaken(writing, undefined);
    }),
  );
}

const collectionOf = (models: Models, place: Places) => models[place].collection as unknown as mongo.Collection<Stored>;

type Planned = {
  readonly place: Places;
  readonly key: string;
  readonly where?: object;
  readonly update: object;
  readonly upsert?: boolean;
  /** As of which event the document is then, where a later one may have written it. */
  readonly revised?: Seq;
};

function writeOf(log: LogId, seq: Seq, effect: Effect): Planned {
  switch (effect.kind) {
    case 'message': {
      const { id, seq: made, by, revised, authorOrdinal } = effect.message;
      const set = { revised, message: JSON.stringify(effect.message) };
      return yielding('messages', `${log} ${id}`, seq, { set, once: { log, id, seq: made, by, authorOrdinal } });
    }
    case 'membership': {
      const { user, revised, role, spans, ownMessages } = effect.membership;
      const set = { revised, ...(role && { role }), spans: JSON.stringify(spans), ownMessages };
      return yielding('memberships', `${log} ${user}`, seq, {
        set,
        once: { log, user },
        ...(!role && { unset: { role: true } }),
      });
    }
    case 'register': {
      const [user, { key, revised, value }] = [ownerOfSelf(log), effect.register];
      const set = { revised, value: JSON.stringify(value) };
      return yielding('registers', `${user} ${key}`, seq, { set, once: { user, key } });
    }
    case 'profile':
      return { place: 'profiles', key: ownerOfSelf(log), update: { $max: { at: effect.at } }, upsert: true };
    case 'mention': {
      const { user, seq: at } = effect;
      return {
        place: 'mentions',
        key: `${eventId(log, at)} ${user}`,
        update: { $setOnInsert: { log, user, seq: at } },
        upsert: true,
      };
    }
    case 'blank':
      return { place: 'events', key: eventId(log, effect.seq), update: { $set: { payload: 'null', blank: true } } };
  }
}

type Fields = { readonly set: { readonly revised: Seq }; readonly unset?: object; readonly once: object };

/** Where a later event wrote already it finds nothing to change, tries to insert, and is refused by `_id`. */
function yielding(place: Places, key: string, seq: Seq, { set, unset, once }: Fields): Planned {
  const update = { $set: set, ...(unset && { $unset: unset }), $setOnInsert: once };
  return { place, key, where: { revised: { $lt: seq } }, update, upsert: true, revised: set.revised };
}

const operation = ({ key, where, update, upsert = false }: Planned): mongo.AnyBulkWriteOperation<Stored> => ({
  updateOne: { filter: { _id: key, ...where }, update, upsert },
});

function ownerOfSelf(log: LogId): UserId {
  const owner = ownerOf(log);
  invariant(owner !== undefined, 'only self logs have registers');
  return owner;
}
