import { beforeEach, describe, expect, test } from 'vitest';
import { CHAIN_START, type LogId, conversationLog, selfLog } from '#sync-protocol';
import type { Clock, EventLog, NewEvent } from '../../api/core/ports.ts';
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
  write,
  writeAll,
} from './event-log-book.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)];
const log = conversationLog(aConversation(1));
const other = conversationLog(aConversation(2));

/** Makes an empty log and sees to its end. */
export type Create = (clock: Clock) => Promise<EventLog>;

/** What every adapter of `EventLog` keeps: its comments in api/core/ports.ts, sentence by sentence. */
export function describeEventLog(name: string, create: Create): void {
  describe(`${name} event log`, () => {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    let store: EventLog;
    beforeEach(async () => {
      clock.nowMs = 5_000;
      store = await create(clock);
    });

    /** A group of three in which these things were said, and stored. */
    async function aStoredGroup(said: readonly Said[] = [], id: LogId = log): Promise<Book> {
      const { book, events } = writeAll(anEmptyBook(id), [aGroupCreated(ann, [bob, cem]), ...said]);
      expect(await store.append(id, 0, events)).toBe(events.length);
      return book;
    }
    const seqs = async (id = log) => (await store.read(id, 0, 1_000)).map(({ seq }) => seq);

    describeAppend(() => store, { aStoredGroup, seqs });
    describeReads(() => store, { aStoredGroup });
    describeEffects(() => store, { aStoredGroup });
    describeRecords(() => store, { aStoredGroup, clock });
  });
}

type Kit = {
  readonly aStoredGroup: (said?: readonly Said[], id?: LogId) => Promise<Book>;
  readonly seqs: (id?: LogId) => Promise<number[]>;
  readonly clock: { nowMs: number };
};

function describeAppend(store: () => EventLog, { aStoredGroup, seqs }: Omit<Kit, 'clock'>): void {
  test('[SQ-1] append stores all of its events after the head, in order, and answers how many', async () => {
    const { events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, [bob]), aText(ann, 'one'), aText(bob, 'two')]);
    expect(await store().append(log, 0, events)).toBe(3);
    expect(await store().read(log, 0, 10)).toEqual(events.map(({ event }) => event));
    expect(await store().append(log, 3, [])).toBe(0);
  });

  test('[SQ-1] append after anything but the head stores nothing: no hole above it, nothing twice below it', async () => {
    const book = await aStoredGroup([aText(ann, 'one')]);
    const [, second] = writeAll(book, [aText(ann, 'two'), aText(ann, 'three')]).events;
    expect(await store().append(log, 3, [second!])).toBe(0);
    const late = write(anEmptyBook(log), aGroupCreated(bob, [])).event;
    expect(await store().append(log, 0, [late])).toBe(0);
    expect(await seqs()).toEqual([1, 2]);
    expect(await store().record(log)).toMatchObject({ head: 2, chain: book.position.chain });
  });

  test.each([0, 1, 2])('[SQ-1][SQ-5] append stops before an op that is there already, here at place %i', async (place) => {
    const once = aText(ann, 'once');
    const book = await aStoredGroup([once]);
    const said = [aText(ann, 'a'), aText(bob, 'b', [cem]), aText(ann, 'c')].with(place, once);
    const { events } = writeAll(book, said);

    expect(await store().append(log, 2, events)).toBe(place);
    expect(await seqs()).toEqual([1, 2, 3, 4].slice(0, 2 + place));
    const last = events[place - 1];
    expect(await store().record(log)).toMatchObject(last ? last.record : { head: 2 });
    const messages = await store().messagesIn(log, 1, 100, 100, false);
    expect(messages.map(({ seq }) => seq)).toEqual([2, 3, 4].slice(0, 1 + place));
    expect(await store().mentions(log, cem, 0, 10)).toEqual(place > 1 ? [4] : []);
  });

  test('[SQ-5] an op that is twice in one batch is stored once', async () => {
    const book = await aStoredGroup();
    const twice = aText(ann, 'twice');
    expect(await store().append(log, 1, writeAll(book, [twice, twice]).events)).toBe(1);
    expect(await seqs()).toEqual([1, 2]);
  });

  test('[SQ-5] the same op id in another log is another op', async () => {
    const said = aText(ann, 'hello');
    await aStoredGroup([said]);
    await aStoredGroup([said], other);
    expect(await seqs()).toEqual([1, 2]);
    expect(await seqs(other)).toEqual([1, 2]);
  });

  test('[SQ-1] events numbered otherwise than from `after` on are a mistake of ours, and nothing is stored', async () => {
    const book = await aStoredGroup();
    const [first, second] = writeAll(book, [aText(ann, 'one'), aText(ann, 'two')]).events;
    await expect(store().append(log, 1, [second!, first!])).rejects.toThrow('events are numbered from the head on');
    expect(await seqs()).toEqual([1]);
  });

  test('[SQ-1][SQ-3][SQ-5] 200 writers at once leave no hole and no repeat, and a reader never sees one', async () => {
    let book = await aStoredGroup();
    // A hundred people say two things each; both attempts at a thing race as a retry races its zombie.
    const racing = Array.from({ length: 100 }, (_, i) => aText(ann, `${i}`)).flatMap((said) => [said, said]);
    const send = async (said: Said): Promise<void> => {
      for (;;) {
        if ((await store().findOps(log, [said.opId])).length > 0) return;
        const written = write(book, said);
        const stored = await store().append(log, book.position.head, [written.event]);
        if (stored === 1) book = written.book;
      }
    };
    const writers = Promise.all(racing.map(send));
    let seen = 0;
    while (seen < 101) {
      const read = await store().read(log, 0, 1_000);
      expect(read.map(({ seq }) => seq)).toEqual(read.map((_, i) => i + 1));
      expect(read.length).toBeGreaterThanOrEqual(seen);
      expect((await store().record(log))!.head).toBeGreaterThanOrEqual(read.length);
      seen = read.length;
    }
    await writers;
    const ops = (await store().read(log, 0, 1_000)).map(({ opId }) => opId);
    expect(ops).toHaveLength(101);
    expect(new Set(ops).size).toBe(101);
  });
}

function describeReads(store: () => EventLog, { aStoredGroup }: Pick<Kit, 'aStoredGroup'>): void {
  test('[SQ-1] a log nobody wrote to is empty', async () => {
    expect(await store().record(log)).toBeUndefined();
    expect(await store().read(log, 0, 10)).toEqual([]);
    expect(await store().chainAt(log, 1)).toBeUndefined();
    expect(await store().messagesIn(log, 1, 9, 9, true)).toEqual([]);
    expect(await store().marksAt(log, ann, 7)).toEqual({ seq: 7, ordinal: 0, ownOrdinal: 0 });
    expect(await store().membership(log, ann)).toBeUndefined();
    expect(await store().memberships(log)).toEqual([]);
    expect(await store().conversationsOf(ann, 0)).toEqual([]);
    expect(await store().rootPartsOf(ann)).toEqual([]);
    expect(await store().registers(ann)).toEqual([]);
    expect(await store().findOps(log, [aText(ann, '').opId])).toEqual([]);
  });

  test('[SQ-1] read gives the events after a seq, at most so many', async () => {
    await aStoredGroup([aText(ann, 'two'), aText(ann, 'three'), aText(ann, 'four')]);
    const read = async (after: number, limit: number) => (await store().read(log, after, limit)).map(({ seq }) => seq);
    expect(await read(1, 2)).toEqual([2, 3]);
    expect(await read(3, 10)).toEqual([4]);
    expect(await read(4, 10)).toEqual([]);
  });

  test('[CH-1] the chain is known at every seq up to the head', async () => {
    const book = await aStoredGroup([aText(ann, 'two')]);
    const [first] = await store().read(log, 0, 1);
    expect(await store().chainAt(log, 0)).toBe(CHAIN_START);
    expect(await store().chainAt(log, 1)).toBe(first!.chain);
    expect(await store().chainAt(log, 2)).toBe(book.position.chain);
    expect(await store().chainAt(log, 3)).toBeUndefined();
  });

  test('[SQ-5] findOps gives the events of known ops, with the hash that recognises them', async () => {
    const said = [aText(ann, 'two'), aText(bob, 'three')];
    await aStoredGroup(said);
    const found = await store().findOps(log, [said[1]!.opId, aText(ann, 'unsaid').opId, said[0]!.opId, said[0]!.opId]);
    expect(found).toEqual(await store().read(log, 1, 2));
    expect(found.every(({ bodyHash }) => bodyHash.length > 0)).toBe(true);
    expect(await store().findOps(other, [said[0]!.opId])).toEqual([]);
  });

  test('[UN-1] marksAt counts the messages up to a seq, and one person’s own among them', async () => {
    const first = aText(ann, 'two');
    await aStoredGroup([first, aReaction(bob, first.opId, '👍'), aText(bob, 'four'), aText(ann, 'five')]);
    const marks = async (seq: number) => Object.values(await store().marksAt(log, ann, seq));
    expect(await Promise.all([0, 1, 2, 3, 4, 5, 9].map(marks))).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 1, 1],
      [3, 1, 1],
      [4, 2, 1],
      [5, 3, 2],
      [9, 3, 2],
    ]);
  });

  test('[FD-11] messagesIn gives the messages created in an interval, from either end', async () => {
    const first = aText(ann, 'two');
    await aStoredGroup([first, aReaction(bob, first.opId, '👍'), aText(bob, 'four'), aText(ann, 'five')]);
    const created = async (from: number, to: number, limit: number, newest: boolean) =>
      (await store().messagesIn(log, from, to, limit, newest)).map(({ seq }) => seq);
    expect(await created(1, 9, 9, false)).toEqual([2, 4, 5]);
    expect(await created(1, 9, 2, false)).toEqual([2, 4]);
    expect(await created(1, 9, 2, true)).toEqual([5, 4]);
    expect(await created(2, 4, 9, true)).toEqual([4, 2]);
    expect(await created(3, 3, 9, false)).toEqual([]);
  });

  test('[UN-1] mentions are the seqs in which a person was mentioned', async () => {
    await aStoredGroup([
      aText(ann, 'two', [bob]),
      aText(ann, 'three', [bob, cem]),
      aText(ann, 'four'),
      aText(ann, 'five', [bob]),
    ]);
    expect(await store().mentions(log, bob, 0, 10)).toEqual([2, 3, 5]);
    expect(await store().mentions(log, bob, 2, 1)).toEqual([3]);
    expect(await store().mentions(log, cem, 3, 10)).toEqual([]);
  });

  test('[SQ-6] the store says which it is, and keeps saying it', async () => {
    const { storeEpoch, opHashKey } = await store().meta();
    expect(storeEpoch).not.toBe('');
    expect(opHashKey).toMatch(/^[0-9a-f]{64}$/);
    expect(await store().meta()).toEqual({ storeEpoch, opHashKey });
  });
}

function describeEffects(store: () => EventLog, { aStoredGroup }: Pick<Kit, 'aStoredGroup'>): void {
  test('[FD-11] messages are what the events made of them', async () => {
    const [one, two] = [aText(ann, 'one'), aText(bob, 'two')];
    const book = await aStoredGroup([
      one,
      two,
      anEdit(ann, one.opId, 'uno'),
      aReaction(bob, one.opId, '🐢'),
      aDelete(bob, two.opId),
    ]);
    const ids = [two.opId, one.opId, aText(ann, 'unsaid').opId];
    expect(await store().messages(log, ids)).toEqual([book.messages.get(one.opId), book.messages.get(two.opId)]);
    expect(await store().messages(other, ids)).toEqual([]);
  });

  test('[FD-10] an effect yields to what the same or a later event wrote', async () => {
    const said = aText(ann, 'ahead');
    const book = await aStoredGroup([said]);
    const message = { ...book.messages.get(said.opId)!, revised: 4, body: { kind: 'text', text: 'of event 4' } };
    const [third, fourth, fifth] = writeAll(book, [aText(bob, 'a'), aText(bob, 'b'), aText(bob, 'c')]).events;
    // A projection that is ahead of its log: event 3 finds what event 4 will write again.
    const ahead: NewEvent = { ...third!, effects: [{ kind: 'message', message }] };
    const again: NewEvent = { ...fourth!, effects: [{ kind: 'message', message: { ...message, edits: 7 } }] };
    const later: NewEvent = { ...fifth!, effects: [{ kind: 'message', message: { ...message, revised: 5, edits: 1 } }] };
    for (const [after, one] of [
      [2, ahead],
      [3, again],
    ] as const)
      expect(await store().append(log, after, [one])).toBe(1);
    expect(await store().messages(log, [said.opId])).toEqual([message]);
    expect(await store().append(log, 4, [later])).toBe(1);
    expect(await store().messages(log, [said.opId])).toEqual([{ ...message, revised: 5, edits: 1 }]);
  });

  test.each([true, false])(
    '[FD-10] memberships and registers yield to what a later event wrote, in one batch: %s',
    async (isOneBatch) => {
      const book = await aStoredGroup();
      const membership = { user: bob, log, revised: 9, role: 'member' as const, spans: [], ownMessages: 40 };
      const [second, third] = writeAll(book, [aText(bob, 'a'), aText(bob, 'b')]).events;
      const ahead: NewEvent = { ...second!, effects: [{ kind: 'membership', membership }] };
      await store().append(log, 1, isOneBatch ? [ahead, third!] : [ahead]);
      if (!isOneBatch) await store().append(log, 2, [third!]);
      expect(await store().membership(log, bob)).toEqual(membership);

      const self = selfLog(ann);
      const register = { key: 'starred:a:b', revised: 9, value: { on: true } };
      const [first, next] = writeAll(anEmptyBook(self), [
        aStar(ann, aConversation(1), book.log.slice(2) as never, false),
        aStar(ann, aConversation(1), book.log.slice(2) as never, false),
      ]).events;
      const stale = { ...register, revised: 2, value: { on: false } };
      await store().append(self, 0, [{ ...first!, effects: [{ kind: 'register', register }] }]);
      await store().append(self, 1, [{ ...next!, effects: [{ kind: 'register', register: stale }] }]);
      expect(await store().register(ann, register.key)).toEqual(register);
    },
  );

  test('[FD-1] a blanked event keeps its place, its op and its link, and what it said is gone', async () => {
    const said = aText(ann, 'regretted');
    const book = await aStoredGroup([said]);
    const [, before] = await store().read(log, 0, 10);
    const { event } = write(book, aDelete(ann, said.opId));
    const blanking: NewEvent = { ...event, effects: [...event.effects, { kind: 'blank', seq: 2 }] };
    await store().append(log, 2, [blanking]);
    const [, after] = await store().read(log, 0, 10);
    expect(after).toEqual({ ...before!, payload: null, blank: true });
    expect(JSON.stringify(await store().findOps(log, [said.opId]))).not.toContain('regretted');
    expect(await store().chainAt(log, 2)).toBe(before!.chain);
  });

  test('[FD-7] memberships are kept for those who left, each in order of time', async () => {
    const leaving: Said = { ...aDelete(bob, aText(bob, '').opId), type: 'member-left' };
    const book = await aStoredGroup([aText(bob, 'bye'), leaving]);
    const expected = [ann, bob, cem].map((user) => ({ user, log, ...book.fold.standings.get(user)! }));
    expect(await store().memberships(log)).toEqual(expected);
    expect((await store().membership(log, bob))!.role).toBeUndefined();
    expect((await store().membership(log, bob))!.spans).toEqual([expect.objectContaining({ from: 1, to: 3 })]);
    expect((await store().conversationsOf(bob, 0)).map(({ record }) => record.log)).toEqual([log]);
  });

  test('[RG-1] registers are one value a key, of the self log’s owner only', async () => {
    const self = selfLog(ann);
    const [a, b] = [aText(ann, '').opId, aText(ann, '').opId];
    const starred = [
      aStar(ann, aConversation(1), a, true),
      aStar(ann, aConversation(1), b, true),
      aStar(ann, aConversation(1), a, false),
    ];
    const { book, events } = writeAll(anEmptyBook(self), starred);
    await store().append(self, 0, events);
    const expected = [...book.registers.values()].toSorted((x, y) => (x.key < y.key ? -1 : 1));
    expect(await store().registers(ann)).toEqual(expected);
    expect(await store().register(ann, expected[0]!.key)).toEqual(expected[0]);
    expect(await store().register(ann, 'starred:nothing')).toBeUndefined();
    const [first] = expected;
    expect(await store().registers(ann, 'starred:')).toEqual(expected);
    expect(await store().registers(ann, first!.key)).toEqual([first]);
    expect(await store().registers(ann, 'star_')).toEqual([]);
    expect(await store().registers(ann, 'dropped:')).toEqual([]);
    expect(await store().registers(bob)).toEqual([]);
    expect((await store().record(self))!.state).toBeUndefined();
  });
}

function describeRecords(store: () => EventLog, { aStoredGroup, clock }: Pick<Kit, 'aStoredGroup' | 'clock'>): void {
  test('[FD-11] the record is what the log came to, with the time of its last append', async () => {
    const book = await aStoredGroup([aText(ann, 'one')]);
    const { messageCount, roomEpoch, state } = book.fold;
    const expected = { log, ...book.position, messageCount, roomEpoch, compactedTo: 0, state, changedAt: 5_000, relayedTo: 0 };
    expect(await store().record(log)).toEqual(expected);
    expect(await store().conversationsOf(cem, 0)).toEqual([{ record: expected, membership: await store().membership(log, cem) }]);
  });

  test('[RT-1] conversationsOf leaves out what has not changed since', async () => {
    const book = await aStoredGroup();
    await aStoredGroup([], other);
    const changedSince = async (since: number) => (await store().conversationsOf(ann, since)).map(({ record }) => record.log);
    expect(new Set(await changedSince(5_000))).toEqual(new Set([log, other]));
    clock.nowMs = 6_000;
    await store().append(log, 1, [write(book, aText(ann, 'new')).event]);
    expect(await changedSince(5_001)).toEqual([log]);
    expect(await changedSince(6_001)).toEqual([]);
  });

  test('[RT-1] rootPartsOf says of present and former members how far each log goes and which stays were theirs', async () => {
    const leaving: Said = { ...aDelete(bob, aText(bob, '').opId), type: 'member-left' };
    const left = await aStoredGroup([aText(ann, 'one'), leaving, aText(ann, 'two')]);
    const stayed = await aStoredGroup([aText(bob, 'three')], other);
    const part = ({ log: id, position: { head, chain }, fold }: Book, user: typeof bob) => {
      const { role, spans } = fold.standings.get(user)!;
      return { log: id, head, chain, ...(role && { role }), spans };
    };
    expect(await store().rootPartsOf(bob)).toEqual([part(left, bob), part(stayed, bob)]);
    expect(await store().rootPartsOf(ann)).toEqual([part(left, ann), part(stayed, ann)]);
    expect(left.fold.standings.get(bob)!.role).toBeUndefined();
    expect(await store().rootPartsOf(aUser(9))).toEqual([]);
  });

  test('[SQ-4] a record’s time of change does not go back with the clock', async () => {
    const book = await aStoredGroup();
    clock.nowMs = 1_000;
    await store().append(log, 1, [write(book, aText(ann, 'new')).event]);
    expect((await store().record(log))!.changedAt).toBe(5_000);
  });

  test('[RG-3] relayedTo stays below an event that has consequences until they are marked as written', async () => {
    const book = await aStoredGroup([aText(ann, 'two')]);
    const relayedTo = async () => (await store().record(log))!.relayedTo;
    expect(await relayedTo()).toBe(0);
    expect((await store().unrelayed()).map((record) => record.log)).toEqual([log]);

    await store().markRelayed(log, 1);
    expect(await store().unrelayed()).toEqual([]);
    const third = write(book, aText(ann, 'three'));
    await store().append(log, 2, [third.event]);
    expect(await relayedTo()).toBe(3);

    const fourth = write(third.book, { ...aText(bob, ''), type: 'member-left', payload: {} });
    const fifth = write(fourth.book, aText(ann, 'five'));
    await store().append(log, 3, [fourth.event, fifth.event]);
    expect(await relayedTo()).toBe(3);
    expect(await store().unrelayed()).toEqual([await store().record(log)]);

    await store().markRelayed(log, 5);
    await store().markRelayed(log, 4);
    await store().markRelayed(other, 4);
    expect(await relayedTo()).toBe(5);
    expect(await store().unrelayed()).toEqual([]);
    expect(await store().record(other)).toBeUndefined();
  });
}
