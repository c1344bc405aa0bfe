import type { LogId, Seq } from '#sync-protocol';
import type { Clock } from '../../core/ports.ts';
import { markOf } from './documents.ts';
import { insertNew } from './errors.ts';
import type { LogDoc, Models } from './models.ts';

/** How far a log is written with everything that follows from it. */
export type Position = {
  readonly head: Seq;
  readonly relayedTo: Seq;
  readonly relaysAt: Seq;
  /** Digest of the state as it is written, so that one that says the same is not sent again. */
  readonly stateMark?: string | undefined;
};

/** The records of logs, as they are stored and as this process remembers them. */
export interface Positions {
  /** As this process left it, if it remembers; somebody else may have moved it. */
  known(log: LogId): Position;
  load(log: LogId): Promise<Position>;
  /** Writes the record as it is next, with `fields` besides, unless somebody moved it since it was as `held`. Answers whether it did. */
  swap(log: LogId, held: Position, next: Position, fields: Partial<LogDoc>): Promise<boolean>;
}

const nothing: Position = { head: 0, relayedTo: 0, relaysAt: 0 };
const rememberedMax = 10_000;

export function createPositions({ logs }: Models, clock: Clock): Positions {
  /** Least recently used first. Only what a majority acknowledged, so nothing in it can be rolled back. */
  const remembered = new Map<LogId, Position>();

  function remember(log: LogId, position: Position): Position {
    remembered.delete(log);
    remembered.set(log, position);
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMax && oldest) remembered.delete(oldest);
    return position;
  }
  const create = (doc: Partial<LogDoc>): Promise<boolean> => insertNew(logs, { ...doc, changedAt: clock.now() });
  async function update(log: LogId, held: Position, fields: Partial<LogDoc> & Position, isUnrelayed: boolean): Promise<boolean> {
    const { matchedCount } = await logs.updateOne(
      { _id: log, head: held.head, relayedTo: held.relayedTo },
      {
        $set: fields,
        ...(fields.head > held.head && { $max: { changedAt: clock.now() } }),
        ...(!isUnrelayed && { $unset: { isUnrelayed: true } }),
      },
    );
    return matchedCount === 1;
  }

  return {
    known: (log) => remembered.get(log) ?? nothing,
    load: async (log) => {
      const doc = await logs.findById(log, { head: 1, relayedTo: 1, relaysAt: 1, state: 1 }).lean<LogDoc>();
      if (!doc) return nothing;
      const { head, relayedTo, relaysAt, state } = doc;
      return remember(log, { head, relayedTo, relaysAt, ...(state !== undefined && { stateMark: markOf(state) }) });
    },
    swap: async (log, held, next, fields) => {
      const { head, relayedTo, relaysAt } = next;
      const isUnrelayed = relayedTo < relaysAt;
      const all = { ...fields, head, relayedTo, relaysAt, ...(isUnrelayed && { isUnrelayed }) };
      const isSwapped = held.head === 0 ? await create({ _id: log, ...all }) : await update(log, held, all, isUnrelayed);
      if (isSwapped) remember(log, next);
      return isSwapped;
    },
  };
}
