import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type LogId, type Seq, type UserId, invariant, ownerOf } from '#sync-protocol';
import type { Effect, NewEvent } from '../../core/ports.ts';
import { type EventRow, contentOfEvent, textOfState, toEvent } from './log-rows.ts';

type Position = { head: Seq; relayed_to: Seq; relays_at: Seq };

/** The write half of `EventLog`. Each runs whole or not at all, inside the transaction of its batch. */
export function openLogWrites(db: DatabaseSync) {
  const positionOf = db.prepare('SELECT head, relayed_to, relays_at FROM logs WHERE log = ?');
  const insertEvent = db.prepare(
    'INSERT INTO events (log, seq, op_id, chain, content) VALUES (?, ?, ?, ?, ?) ON CONFLICT (log, op_id) DO NOTHING',
  );
  const raiseRelayed = db.prepare('UPDATE logs SET relayed_to = max(relayed_to, min(?, head)) WHERE log = ?');
  const newEpoch = db.prepare("UPDATE meta SET value = ? WHERE key = 'storeEpoch'");
  const writeEffect = openEffects(db);
  const writeRecord = openRecords(db);

  return {
    append(log: LogId, after: Seq, events: readonly NewEvent[], changedAt: number): number {
      const position = (positionOf.get(log) as Position | undefined) ?? { head: 0, relayed_to: 0, relays_at: 0 };
      if (position.head !== after) return 0;
      let stored = 0;
      let { relayed_to: relayedTo, relays_at: relaysAt } = position;
      for (const { event, effects, relays } of events) {
        invariant(event.seq === after + stored + 1, 'events are numbered from the head on');
        if (insertEvent.run(log, event.seq, event.opId, event.chain, contentOfEvent(event)).changes === 0) break;
        for (const effect of effects) writeEffect(log, event.seq, effect);
        if (relays) relaysAt = event.seq;
        else if (relayedTo >= relaysAt) relayedTo = event.seq;
        stored++;
      }
      const last = events[stored - 1];
      if (last) writeRecord(log, last.record, { changedAt, relayedTo, relaysAt });
      return stored;
    },

    markRelayed(log: LogId, seq: Seq): void {
      raiseRelayed.run(seq, log);
    },

    /** After a restore: what devices know of the store may be more than it knows itself. */
    renewStoreEpoch(): void {
      newEpoch.run(randomBytes(8).toString('hex'));
    },
  };
}

/** A relay that is pending holds `relayed_to` below it. `changed_at` never goes back with the clock. */
function openRecords(db: DatabaseSync) {
  const writeLog = db.prepare(`
    INSERT INTO logs (log, head, chain, last_at, changed_at, message_count, room_epoch, compacted_to, relayed_to, relays_at, state_as_of)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (log) DO UPDATE SET
      head = excluded.head, chain = excluded.chain, last_at = excluded.last_at, changed_at = max(changed_at, excluded.changed_at),
      message_count = excluded.message_count, room_epoch = excluded.room_epoch, compacted_to = excluded.compacted_to,
      relayed_to = excluded.relayed_to, relays_at = excluded.relays_at, state_as_of = excluded.state_as_of`);
  const writeState = db.prepare(
    'INSERT INTO states (log, state) VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET state = excluded.state WHERE state <> excluded.state',
  );
  type Own = { changedAt: number; relayedTo: Seq; relaysAt: Seq };
  return (log: LogId, record: NewEvent['record'], { changedAt, relayedTo, relaysAt }: Own): void => {
    const { head, chain, lastAt, messageCount, roomEpoch, compactedTo, state } = record;
    const asOf = state?.asOf ?? null;
    writeLog.run(log, head, chain, lastAt, changedAt, messageCount, roomEpoch, compactedTo, relayedTo, relaysAt, asOf);
    if (state) writeState.run(log, textOfState(state));
  };
}

/** Each effect yields to what a later event wrote, so that writing one twice changes nothing. [FD-10] */
function openEffects(db: DatabaseSync) {
  const writeMessage = db.prepare(`
    INSERT INTO messages (log, seq, id, by, revised, ordinal, author_ordinal, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (log, id) DO UPDATE SET revised = excluded.revised, message = excluded.message WHERE revised < ?`);
  const writeMembership = db.prepare(`
    INSERT INTO memberships (log, user, revised, role, spans, own_messages) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (log, user) DO UPDATE SET
      revised = excluded.revised, role = excluded.role, spans = excluded.spans, own_messages = excluded.own_messages
    WHERE revised < ?`);
  const writeRegister = db.prepare(`
    INSERT INTO registers (user, key, revised, value) VALUES (?, ?, ?, ?)
    ON CONFLICT (user, key) DO UPDATE SET revised = excluded.revised, value = excluded.value WHERE revised < ?`);
  const writeProfileChange = db.prepare(`
    INSERT INTO profile_changes (user, at) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET at = max(at, excluded.at)`);
  const writeMention = db.prepare('INSERT INTO mentions (log, user, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const writeBlank = openBlank(db);

  return (log: LogId, seq: Seq, effect: Effect): void => {
    switch (effect.kind) {
      case 'message': {
        const { seq: made, id, by, revised, ordinal, authorOrdinal } = effect.message;
        writeMessage.run(log, made, id, by, revised, ordinal, authorOrdinal, JSON.stringify(effect.message), seq);
        return;
      }
      case 'membership': {
        const { user, revised, role, spans, ownMessages } = effect.membership;
        writeMembership.run(log, user, revised, role ?? null, JSON.stringify(spans), ownMessages, seq);
        return;
      }
      case 'register': {
        const { key, revised, value } = effect.register;
        writeRegister.run(ownerOfSelf(log), key, revised, JSON.stringify(value), seq);
        return;
      }
      case 'profile':
        writeProfileChange.run(ownerOfSelf(log), effect.at);
        return;
      case 'mention':
        writeMention.run(log, effect.user, effect.seq);
        return;
      case 'blank':
        writeBlank(log, effect.seq);
    }
  };
}

/** The event keeps everything but what it said. */
function openBlank(db: DatabaseSync) {
  const find: StatementSync = db.prepare('SELECT seq, op_id, chain, content FROM events WHERE log = ? AND seq = ?');
  const write = db.prepare('UPDATE events SET content = ? WHERE log = ? AND seq = ?');
  return (log: LogId, seq: Seq): void => {
    const row = find.get(log, seq) as EventRow | undefined;
    if (row) write.run(contentOfEvent({ ...toEvent(row), payload: null, blank: true }), log, seq);
  };
}

function ownerOfSelf(log: LogId): UserId {
  const owner = ownerOf(log);
  invariant(owner !== undefined, 'only self logs have registers');
  return owner;
}
