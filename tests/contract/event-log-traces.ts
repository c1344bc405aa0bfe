import { expect } from 'vitest';
import { type ConversationId, type LogId, type UserId, conversationLog, selfLog } from '#sync-protocol';
import type { Clock, EventLog } from '../../api/core/ports.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import {
  type Book,
  type Said,
  aConversation,
  aDelete,
  aGroupCreated,
  aReaction,
  aStar,
  aText,
  aUser,
  anEdit,
  anEmptyBook,
  writeAll,
} from './event-log-book.ts';

const stepsPerWorld = 25;

/**
 * Random requests to the memory adapter and to another: each is answered alike, and in the end both hold what the pure fold
 * says. `from`: the first seed. Answers how many requests there were.
 */
export async function compareTraces(
  create: (clock: Clock) => Promise<EventLog>,
  { worlds, from = 1 }: { worlds: number; from?: number },
) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const memory = createMemoryEventLog({ clock });
  const other = await create(clock);
  for (let seed = from; seed < from + worlds; seed++) {
    const world = createWorld(seed);
    for (let step = 0; step < stepsPerWorld; step++) {
      clock.nowMs += world.chance(100);
      const ask = world.next();
      const [one, another] = [await ask(memory), await ask(other)];
      expect(another, `seed ${seed}, step ${step}`).toStrictEqual(one);
      world.learn(one);
    }
    for (const store of [memory, other]) await expectFold(store, world.books());
  }
  return worlds * stepsPerWorld;
}

/** What the store projected is what the events, read back, fold to. */
export async function expectFold(store: EventLog, books: readonly Book[]): Promise<void> {
  for (const book of books) {
    const messages = await store.messagesIn(book.log, 1, 1_000, 1_000, false);
    expect(messages).toEqual([...book.messages.values()].toSorted((a, b) => a.seq - b.seq));
    const memberships = await store.memberships(book.log);
    expect(memberships.map(({ user, log: _, ...standing }) => [user, standing])).toEqual(
      [...book.fold.standings].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    const record = await store.record(book.log);
    expect(record?.head ?? 0).toBe(book.position.head);
    expect(record?.state ?? book.fold.state).toEqual(book.fold.state);
  }
}

type Ask = (store: EventLog) => Promise<unknown>;

/** Three logs of people of their own, and one random request after another. */
function createWorld(seed: number) {
  const chance = createChance(seed);
  const pick = <T>(items: readonly T[]): T => items[chance(items.length)]!;
  const people = [0, 1, 2, 3].map((n) => aUser(seed * 16 + n));
  const conversations: readonly ConversationId[] = [aConversation(seed * 16), aConversation(seed * 16 + 1)];
  const logs: readonly LogId[] = [...conversations.map(conversationLog), selfLog(people[0]!)];
  const books = new Map(logs.map((log) => [log, anEmptyBook(log)]));
  const said: Said[] = [];
  const logOf = new Map<Said, LogId>();
  /** The batch whose outcome is awaited, and the log after each of its prefixes. */
  let pending: readonly Book[] | undefined;

  function something(book: Book): Said {
    if (book.log.startsWith('u:')) return aStar(people[0]!, pick(conversations), aText(people[0]!, '').opId, chance(2) === 0);
    const members = book.fold.state.members.map(([user]) => user);
    if (members.length === 0) return aGroupCreated(people[0]!, people.slice(1));
    const by: UserId = pick(members);
    const target = chance(2) === 0 ? [...book.messages.keys()].at(-1) : pick([...book.messages.keys()]);
    const kind = chance(9);
    if (kind === 0 && members.length > 1) return { ...aText(by, ''), type: 'member-left', payload: {} };
    if (kind === 1) return { ...aText(by, ''), type: 'members-added', payload: { members: [pick(people)] } };
    if (target && kind === 2) return anEdit(by, target, `edit ${chance(9)}`);
    if (target && kind === 3) return aReaction(by, target, pick(['👍', '🐢']), chance(3) > 0);
    if (target && kind === 4) return aDelete(by, target);
    return aText(by, `text ${chance(99)}`, chance(3) === 0 ? [pick(people)] : undefined);
  }

  function appending(): Ask {
    const book = books.get(pick(logs))!;
    const batch: Said[] = [];
    const after: Book[] = [book];
    for (let left = 1 + chance(5); left > 0; left--) {
      const repeated = said.length > 0 && chance(12) === 0 ? pick(said) : undefined;
      const now = after.at(-1)!;
      const isOfThisLog = repeated && logOf.get(repeated) === book.log;
      const isAllowed = isOfThisLog && (now.log.startsWith('u:') || now.fold.standings.has(repeated.by));
      const one = isAllowed ? repeated : something(now);
      logOf.set(one, book.log);
      batch.push(one);
      after.push(writeAll(now, [one]).book);
    }
    said.push(...batch);
    const { events } = writeAll(book, batch);
    const { head } = book.position;
    if (chance(10) === 0) {
      const elsewhere = head + (chance(2) === 0 ? 1 : -1);
      return (store) => store.append(book.log, elsewhere, events);
    }
    pending = after;
    return (store) => store.append(book.log, head, events);
  }

  function asking(): Ask {
    const log = pick(logs);
    const user = pick(people);
    const [from, to] = [chance(20), chance(40)];
    const [limit, newest, changedSince] = [1 + chance(5), chance(2) === 0, chance(2) * 1_000];
    const opIds = Array.from({ length: 3 }, () => (said.length > 0 ? pick(said).opId : aText(user, '').opId));
    return pick<Ask>([
      (store) => store.markRelayed(log, from),
      (store) => store.record(log),
      (store) => store.read(log, from, to),
      (store) => store.chainAt(log, from),
      (store) => store.findOps(log, opIds),
      (store) => store.messages(log, opIds),
      (store) => store.messagesIn(log, from, to, limit, newest),
      (store) => store.marksAt(log, user, from),
      (store) => store.mentions(log, user, from, 3),
      (store) => store.membership(log, user),
      (store) => store.memberships(log),
      (store) => store.conversationsOf(user, changedSince),
      (store) => store.rootPartsOf(user),
      (store) => store.registers(user),
      (store) => store.registers(user, `starred:${conversations[0]!}`),
      async (store) => (await store.unrelayed()).filter((record) => logs.includes(record.log)),
    ]);
  }

  return {
    chance,
    next: (): Ask => (chance(2) === 0 ? appending() : asking()),
    /** How many of the batch were stored says which of its prefixes the log is now. */
    learn: (answer: unknown): void => {
      const now = pending?.[answer as number];
      if (now) books.set(now.log, now);
      pending = undefined;
    },
    books: (): readonly Book[] => [...books.values()],
  };
}

/** A whole number below `limit`; the same numbers for the same seed (mulberry32). */
function createChance(seed: number): (limit: number) => number {
  let state = seed * 0x9e3779b9;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
