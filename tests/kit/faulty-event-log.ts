import type { EventLog } from '../../api/core/ports.ts';

/** What goes wrong at one operation, and on which side of its doing. `before`: nothing was done. `after`: it was, and nobody was told. */
export type Fault = 'throw-before' | 'throw-after' | 'crash-before' | 'crash-after';

export type FaultPlan = {
  /** Counted from 1, among the operations that `counts` chooses. To sweep: 1, 2, 3 … until `hasFired()` stays false. */
  readonly at: number;
  readonly fault: Fault;
  readonly counts?: 'writes' | 'all';
};

export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

export type FaultyEventLog = EventLog & {
  /** False after a whole scenario: it has fewer operations than `at`, and the sweep is done. */
  hasFired(): boolean;
  /** Whether the process died: every operation since has thrown, as nothing runs in a dead process. */
  hasCrashed(): boolean;
};

/** An event log that fails once, at the planned operation. Give a restarted server `inner` itself: the disk outlives the process. */
export function createFaultyEventLog(inner: EventLog, { at, fault, counts = 'writes' }: FaultPlan): FaultyEventLog {
  let operations = 0;
  let crashed = false;

  async function attempt<T>(kind: 'read' | 'write', operation: () => Promise<T>): Promise<T> {
    if (crashed) throw new InjectedFault('the process is dead');
    const isCounted = kind === 'write' || counts === 'all';
    if (isCounted) operations++;
    if (!isCounted || operations !== at) return operation();
    if (fault === 'throw-after' || fault === 'crash-after') await operation();
    crashed = fault === 'crash-before' || fault === 'crash-after';
    throw new InjectedFault(`${fault} at operation ${at}`);
  }
  const read = <T>(operation: () => Promise<T>): Promise<T> => attempt('read', operation);
  const write = <T>(operation: () => Promise<T>): Promise<T> => attempt('write', operation);

  return {
    hasFired: () => operations >= at,
    hasCrashed: () => crashed,

    append: (log, after, events) => write(() => inner.append(log, after, events)),
    markRelayed: (log, seq) => write(() => inner.markRelayed(log, seq)),

    record: (log) => read(() => inner.record(log)),
    read: (log, after, limit) => read(() => inner.read(log, after, limit)),
    chainAt: (log, seq) => read(() => inner.chainAt(log, seq)),
    findOps: (log, opIds) => read(() => inner.findOps(log, opIds)),
    messages: (log, ids) => read(() => inner.messages(log, ids)),
    messagesIn: (log, from, to, limit, newest) => read(() => inner.messagesIn(log, from, to, limit, newest)),
    marksAt: (log, user, seq) => read(() => inner.marksAt(log, user, seq)),
    mentions: (log, user, after, limit) => read(() => inner.mentions(log, user, after, limit)),
    membership: (log, user) => read(() => inner.membership(log, user)),
    memberships: (log) => read(() => inner.memberships(log)),
    conversationsOf: (user, changedSince) => read(() => inner.conversationsOf(user, changedSince)),
    rootPartsOf: (user) => read(() => inner.rootPartsOf(user)),
    registers: (user, prefix) => read(() => inner.registers(user, prefix)),
    register: (user, key) => read(() => inner.register(user, key)),
    profilesChanged: (user, since) => read(() => inner.profilesChanged(user, since)),
    unrelayed: () => read(() => inner.unrelayed()),
    meta: () => read(() => inner.meta()),
  };
}
