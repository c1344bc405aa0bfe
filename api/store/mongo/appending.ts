import { invariant, type LogId, type Seq } from '#sync-protocol';
import type { Clock, EventLog, NewEvent } from '../../core/ports.ts';
import { docOf } from './documents.ts';
import { ifTaken } from './errors.ts';
import type { Folding } from './folding.ts';
import type { EventDoc, Models } from './models.ts';
import { createTurns } from './turns.ts';

type AppendDeps = { readonly models: Models; readonly folding: Folding; readonly clock: Clock };

/** Ordered inserts between two fences: `_id` is the place, and of a log each op is there once. */
export function createAppend({ models: { events }, folding, clock }: AppendDeps): EventLog['append'] {
  const inTurn = createTurns();

  async function append(log: LogId, after: Seq, fresh: readonly NewEvent[]): Promise<number> {
    const position = await folding.position(log, after);
    if (position.head !== after) return 0;
    fresh.forEach(({ event }, i) => invariant(event.seq === after + i + 1, 'events are numbered from the head on'));
    let mark = position.stateMark;
    const made = fresh.map((one) => {
      const { doc, pending, stateMark } = docOf(log, one, mark, clock.now());
      mark = stateMark;
      return { doc, pending };
    });
    const stored = await insert(made.map(({ doc }) => doc));
    const pending = made.slice(0, stored).map((one) => one.pending);
    if (stored > 0) await folding.follow(log, pending);
    return stored;
  }

  /** How many of them are there now, from the first on. What went wrong does not say so: the log does. [SQ-12] */
  async function insert(docs: readonly EventDoc[]): Promise<number> {
    const inserting = events.collection.insertMany(docs as never, { ordered: true }).then(() => true);
    if (await ifTaken(inserting, false)) return docs.length;
    const [first, last] = [docs[0]!, docs.at(-1)!];
    const place = { log: first.log, _id: { $gte: first._id, $lte: last._id } };
    const found = await events.find(place, { opId: 1, chain: 1 }).sort({ _id: 1 }).lean<EventDoc[]>();
    const isOwn = ({ _id, opId, chain }: EventDoc, i: number) =>
      found[i]?._id === _id && found[i].opId === opId && found[i].chain === chain;
    const firstOther = docs.findIndex((doc, i) => !isOwn(doc, i));
    return firstOther < 0 ? docs.length : firstOther;
  }

  // Of two of one process the second could only find its place taken.
  return async (log, after, fresh) => (fresh.length === 0 ? 0 : inTurn(log, () => append(log, after, fresh)));
}
