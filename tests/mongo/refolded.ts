import { expect } from 'vitest';
import { type LogId, isSelfLog, ownerOf } from '#sync-protocol';
import type { EventLog, StoredEvent } from '../../api/core/ports.ts';
import { aboutOf, beforeAllOf, refold } from '../../api/core/refold.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';

const all = 100_000;

/** That a store's projections of these logs are what its events fold to, and that it owes nobody anything. [SQ-10, FD-11] */
export async function expectFolded(store: EventLog, logs: readonly LogId[]): Promise<void> {
  const oracle = createMemoryEventLog();
  for (const log of logs) await foldInto(oracle, log, await store.read(log, 0, all));
  const people = new Set<ReturnType<typeof ownerOf>>(logs.map(ownerOf));
  for (const log of logs) {
    for (const ask of asks(log)) expect(await ask(store), log).toEqual(await ask(oracle));
    for (const { user } of await oracle.memberships(log)) people.add(user);
  }
  for (const user of people) {
    if (user === undefined) continue;
    const conversations = async (of: EventLog) => (await of.conversationsOf(user, 0)).map(({ membership }) => membership);
    expect(await conversations(store)).toEqual(await conversations(oracle));
    expect(await store.registers(user)).toEqual(await oracle.registers(user));
    for (const log of logs) expect(await store.mentions(log, user, 0, all)).toEqual(await oracle.mentions(log, user, 0, all));
  }
  expect(await store.unrelayed()).toEqual([]);
}

type Ask = (of: EventLog) => Promise<unknown>;

const asks = (log: LogId): readonly Ask[] => [
  // When it was written and how far relays are is not a fold.
  async (of) => {
    const record = await of.record(log);
    return record && { ...record, changedAt: 0, relayedTo: 0 };
  },
  (of) => of.messagesIn(log, 1, all, all, false),
  (of) => of.memberships(log),
];

async function foldInto(oracle: EventLog, log: LogId, events: readonly StoredEvent[]): Promise<void> {
  let before = beforeAllOf(log);
  for (const event of events) {
    const { target, register } = aboutOf(log, event);
    const owner = isSelfLog(log) ? ownerOf(log) : undefined;
    const held = {
      target: target && (await oracle.messages(log, [target]))[0],
      register: register === undefined || !owner ? undefined : await oracle.register(owner, register),
    };
    const next = refold(before, event, held);
    expect(await oracle.append(log, before.position.head, [next.event])).toBe(1);
    before = next.after;
  }
}
