/** What is read from a store, method by method and row by row. */
import type { EventLog } from '../../api/core/ports.ts';

/** Which answers are rows of events, and which are rows of messages: what a device that has everything must not cost. */
const rowsOf: Readonly<Record<string, 'events' | 'messages'>> = {
  read: 'events',
  findOps: 'events',
  chainAt: 'events',
  messages: 'messages',
  messagesIn: 'messages',
  marksAt: 'messages',
};

export function countedLog() {
  const counts = new Map<string, number>();
  const add = (what: string, n: number): void => void counts.set(what, (counts.get(what) ?? 0) + n);
  const watch = (log: EventLog): EventLog =>
    new Proxy(log, {
      get: (all, name: keyof EventLog) => {
        const method = all[name] as (...args: readonly unknown[]) => Promise<unknown>;
        return async (...args: readonly unknown[]) => {
          const answer = await method(...args);
          add('calls', 1);
          const kind = rowsOf[name];
          if (kind) add(kind, Array.isArray(answer) ? answer.length : 1);
          return answer;
        };
      },
    });
  return { counts, watch };
}
