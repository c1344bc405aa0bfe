import type { Clock, EventLog } from '../../core/ports.ts';
import type { RoomCalls } from './rooms.ts';

/** `EventLog` over the log room. A write is stamped when it is called. */
export function createSqliteEventLog({ read, write }: RoomCalls, clock: Clock): EventLog {
  return {
    append: (log, after, events) => write('log', 'append', log, after, events, clock.now()),
    markRelayed: (log, seq) => write('log', 'markRelayed', log, seq),

    record: (log) => read('log', 'record', log),
    read: (log, after, limit) => read('log', 'read', log, after, limit),
    chainAt: (log, seq) => read('log', 'chainAt', log, seq),
    findOps: (log, opIds) => read('log', 'findOps', log, opIds),

    messages: (log, ids) => read('log', 'messages', log, ids),
    messagesIn: (log, from, to, limit, newest) => read('log', 'messagesIn', log, from, to, limit, newest),
    marksAt: (log, user, seq) => read('log', 'marksAt', log, user, seq),
    mentions: (log, user, after, limit) => read('log', 'mentions', log, user, after, limit),

    membership: (log, user) => read('log', 'membership', log, user),
    memberships: (log) => read('log', 'memberships', log),
    conversationsOf: (user, changedSince) => read('log', 'conversationsOf', user, changedSince),
    rootPartsOf: (user) => read('log', 'rootPartsOf', user),
    registers: (user, prefix = '') => read('log', 'registers', user, prefix),
    register: (user, key) => read('log', 'register', user, key),

    profilesChanged: (user, since) => read('log', 'profilesChanged', user, since),

    unrelayed: () => read('log', 'unrelayed'),
    meta: () => read('log', 'meta'),
  };
}
