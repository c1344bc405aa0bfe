/** What every device must come to, worked out from the stored events alone. */
import { conversationLog, isDirect, type ConversationId, type LogEvent, type LogId } from '#sync-protocol';
import { oracleOf, type Oracle, type OracleMessage } from './history-oracle.ts';
import type { MessageRecord } from '../../app/store/rows.ts';
import type { ServerSide } from './world-server.ts';

export function createOracle(server: Pick<ServerSide, 'events'>) {
  let folds = new Map<string, Oracle>();
  let writes = -1;
  const at = (log: LogId, seq: number): Oracle => {
    const key = `${log} ${seq}`;
    const held = folds.get(key);
    if (held) return held;
    const events = server.events(log).slice(0, seq);
    const made = isDirect(log.slice(2) as ConversationId) ? directOracle(events) : oracleOf(events);
    folds.set(key, made);
    return made;
  };
  return {
    at: (id: ConversationId, seq: number) => at(conversationLog(id), seq),
    head: (id: ConversationId) => server.events(conversationLog(id)).length,
    /** After a restore nothing that was worked out holds. */
    forget: () => {
      folds = new Map();
      writes = -1;
    },
    writes: () => writes,
  };
}
/** Both are in a direct conversation from its first event, for good. */
function directOracle(events: readonly LogEvent[]): Oracle {
  const [first] = events;
  if (!first) return oracleOf(events);
  const both = [first.by, first.with ?? first.by];
  const made = { ...first, opId: first.opId, type: 'group-created', payload: { members: both } };
  const oracle = oracleOf([made, ...events]);
  const head = events.length;
  return {
    ...oracle,
    head,
    headOf: (user) => (both.includes(user) ? head : 0),
    sees: (user, seq) => both.includes(user) && seq >= 1 && seq <= head,
    title: () => '',
    membersAt: () => [...new Set(both)],
  };
}
export type WorldOracle = ReturnType<typeof createOracle>;

/** Why a held message is not what the oracle says, or `undefined`. */
export function difference(held: MessageRecord, truth: OracleMessage): string | undefined {
  if (held.withheld) return undefined;
  if (held.by !== truth.by || held.seq !== truth.seq) return 'another author or place';
  if ((held.deleted !== undefined) !== truth.deleted) return truth.deleted ? 'should be deleted' : 'should not be deleted';
  const reactions = held.reactions.filter(({ on }) => on).map(({ user, emoji }) => `${user} ${emoji}`);
  const wanted = [...truth.reactions].toSorted();
  if (JSON.stringify(reactions.toSorted()) !== JSON.stringify(wanted))
    return `reactions ${reactions.join()} instead of ${wanted.join()}`;
  if (truth.deleted) return held.body ? 'a deleted message has a body' : undefined;
  const text = held.body && 'text' in held.body ? held.body.text : undefined;
  if (text !== truth.words.at(-1)!.text) return `says ${String(text)} instead of ${truth.words.at(-1)!.text}`;
  return held.edits === truth.words.length - 1 ? undefined : `${held.edits} edits instead of ${truth.words.length - 1}`;
}

/** Why a held message says less than it did at the time its stretch is stamped with, or `undefined`. */
export function olderThan(held: MessageRecord, then: OracleMessage | undefined): string | undefined {
  if (!then || held.withheld) return undefined;
  if (then.deleted) return held.deleted === undefined ? 'was deleted by then' : undefined;
  if (held.deleted !== undefined || !held.body || !('text' in held.body)) return undefined;
  // By its words, not by how often they were changed: that is not known of a message that was withheld, until it is fetched.
  const { text } = held.body;
  const said = then.words.findLastIndex((one) => one.text === text);
  return said >= 0 && said < then.words.length - 1 ? `says ${String(text)}, then ${then.words.at(-1)!.text}` : undefined;
}
