import { DatabaseSync } from 'node:sqlite';
import { type LogId, type MessageId, type Register, ownerOf } from '#sync-protocol';
import type { Hashes, NewEvent, ProjectedMessage, StoredEvent } from '../../core/ports.ts';
import { aboutOf, beforeAllOf, refold, type Refolded } from '../../core/refold.ts';
import { createLinkCheck } from './link-check.ts';
import type { Finding } from './findings.ts';
import { openLogReads } from './log-reads.ts';
import { type EventRow, toEvent } from './log-rows.ts';
import { openLogWrites } from './log-writes.ts';
import { migrate } from './migrations.ts';

const batchEvents = 200;

/**
 * An empty database of the same kind, in a temporary file of SQLite's own, with the one in question beside it as `stored`.
 * `access`: `still` promises that nobody writes, so that nothing is written beside the file either.
 */
export function openScratch(file: string, access: 'still' | 'read' | 'write'): DatabaseSync {
  const db = new DatabaseSync('', { timeout: 5_000 });
  db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536');
  migrate(db);
  db.exec('DELETE FROM meta');
  const how = { still: 'immutable=1', read: 'mode=ro', write: 'mode=rw' }[access];
  db.prepare('ATTACH ? AS stored').run(`file:${encodeURI(file).replaceAll('?', '%3f').replaceAll('#', '%23')}?${how}`);
  return db;
}

export type Rebuilt = {
  readonly logs: number;
  readonly events: number;
  readonly findings: readonly Finding[];
  /** Logs whose events are not to be trusted, and which nothing is rebuilt from. */
  readonly unsound: ReadonlySet<LogId>;
};

/** Folds every stored log into the scratch database by the code that the server writes with. */
export function rebuild(db: DatabaseSync, hashes: Hashes): Rebuilt {
  const logs = db.prepare('SELECT log FROM stored.events UNION SELECT log FROM stored.logs WHERE head > 0').all();
  const findings: Finding[] = [];
  const unsound = new Set<LogId>();
  const rebuildOne = openRebuild(db, hashes);
  let events = 0;
  for (const { log } of logs as { log: LogId }[]) {
    const { count, wrong } = rebuildOne(log);
    events += count;
    if (wrong === undefined) continue;
    findings.push({ kind: 'log', what: `${log}: ${wrong}` });
    unsound.add(log);
  }
  return { logs: logs.length, events, findings, unsound };
}

type One = { readonly count: number; readonly wrong: string | undefined };

function openRebuild(db: DatabaseSync, hashes: Hashes): (log: LogId) => One {
  const rows = db.prepare('SELECT seq, op_id, chain, content FROM stored.events WHERE log = ? ORDER BY seq');
  const headOf = db.prepare('SELECT head FROM stored.logs WHERE log = ?');
  const writeBatch = openBatches(db);

  return (log) => {
    const check = createLinkCheck(log, hashes);
    let at = beforeAllOf(log);
    let count = 0;
    let batch: StoredEvent[] = [];
    const flush = (): void => {
      at = writeBatch(at, batch);
      batch = [];
    };
    try {
      for (const row of rows.iterate(log) as IterableIterator<EventRow>) {
        const event = toEvent(row);
        const wrong = check(event);
        if (wrong !== undefined) return { count, wrong };
        count++;
        if (batch.push(event) === batchEvents) flush();
      }
      flush();
    } catch (error) {
      return { count, wrong: `event ${count + 1} cannot be read (${error instanceof Error ? error.name : 'unknown'})` };
    }
    const { head } = (headOf.get(log) as { head: number } | undefined) ?? { head: 0 };
    // Were its record lowered to what is left, numbers that people have seen would be given again.
    return { count, wrong: head > count ? `ends at event ${count}, and its record knows of ${head}` : undefined };
  };
}

/** Folds and stores some events, each as of those before it. */
function openBatches(db: DatabaseSync): (at: Refolded, batch: readonly StoredEvent[]) => Refolded {
  const { append } = openLogWrites(db);
  const reads = openLogReads(db);

  return (before, batch) => {
    const { log } = before;
    const owner = ownerOf(log);
    const messages = new Map<MessageId, ProjectedMessage>();
    const registers = new Map<string, Register>();
    const written: NewEvent[] = [];
    let at = before;
    for (const event of batch) {
      const { target, register } = aboutOf(log, event);
      const { event: next, after } = refold(at, event, {
        target: target && (messages.get(target) ?? reads.messages(log, [target])[0]),
        register: register === undefined || !owner ? undefined : (registers.get(register) ?? reads.register(owner, register)),
      });
      for (const effect of next.effects) {
        if (effect.kind === 'message') messages.set(effect.message.id, effect.message);
        if (effect.kind === 'register') registers.set(effect.register.key, effect.register);
      }
      written.push(next);
      at = after;
    }
    append(log, before.position.head, written, 0);
    return at;
  };
}
