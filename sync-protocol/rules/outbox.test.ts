import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterRefusal,
  afterReset,
  isSettled,
  nextOfLane,
  stage,
  waitsFor,
  type Op,
  type OutboxEntry,
  type OutboxState,
} from '#sync-protocol';
import { aConversation, aLog, anOp, anOpId, aSelfLog, aUser } from '#sync-protocol/testing';

const queued = { at: 'queued', attempted: false } as const;
const attempted = { at: 'queued', attempted: true } as const;
const entry = (n: number, op: Op, state: OutboxState = queued): OutboxEntry => ({ n, opId: op.opId, log: op.log, op, state });
const limit = { ops: 50, bytes: 1_000 };
const size = () => 10;
const taken = (lane: OutboxEntry['log'], outbox: OutboxEntry[], bounds = limit) =>
  nextOfLane(lane, outbox, bounds, size).map(({ n }) => n);

const body = (text: string) => ({ kind: 'text', text }) as const;
const anEdit = (n: number, target: number, text: string) =>
  anOp(n, { type: 'edit', target: anOpId(target), payload: { body: body(text) } } as never);
const aDelete = (n: number, target: number) => anOp(n, { type: 'delete', target: anOpId(target), payload: {} } as never);
const aReply = (n: number, to: number) => anOp(n, { payload: { body: { ...body('yes'), replyTo: anOpId(to) } } });
const aMarker = (n: number, seq: number, conversation = 1) =>
  anOp(n, { type: 'read-marker', log: aSelfLog(), payload: { conversation: aConversation(conversation), seq } });
const aMute = (n: number, on = true) =>
  anOp(n, { type: 'muted', log: aSelfLog(), payload: { conversation: aConversation(), on } });
const aBlock = (n: number) => anOp(n, { type: 'blocked', log: aSelfLog(), payload: { user: aUser(2), on: true } });
const aGroup = (n: number, conversation = 1) =>
  anOp(n, { type: 'group-created', log: aLog(conversation), payload: { title: 'Group', members: [] } });
const aMark = (n: number, type: 'starred' | 'hidden', message: number, on = true) =>
  anOp(n, { type, log: aSelfLog(), payload: { conversation: aConversation(), message: anOpId(message), on } } as never);
const parked = { at: 'parked', refusal: 'forbidden', attempted: false } as const;

describe('staging an op', () => {
  test('[OB-2] an edit of a message that never left changes what it says', () => {
    const message = entry(1, anOp(1));
    expect(stage(anEdit(2, 1, 'better'), [message])).toEqual({
      kind: 'replace',
      opId: anOpId(1),
      op: { ...message.op, payload: { body: body('better') } },
    });
  });

  test('[OB-2] of several the one it names, and also when it is parked', () => {
    const outbox = [entry(1, anOp(1)), entry(2, anOp(2), parked)];
    expect(stage(anEdit(3, 2, 'better'), outbox)).toMatchObject({ kind: 'replace', opId: anOpId(2) });
    expect(stage(aDelete(3, 2), outbox)).toEqual({ kind: 'vanish', opIds: [anOpId(2)] });
    expect(stage(aDelete(3, 2), [entry(2, anOp(2), { ...parked, attempted: true })])).toEqual({ kind: 'add' });
    expect(stage(anEdit(3, 9, 'better'), outbox)).toEqual({ kind: 'add' });
  });

  test('[OB-2] what was said about it stays when a byte of it may have left', () => {
    const outbox = [entry(1, anOp(1)), entry(2, aReply(2, 1), { at: 'sending' }), entry(3, aReply(3, 1))];
    expect(stage(aDelete(4, 1), outbox)).toEqual({ kind: 'vanish', opIds: [anOpId(1), anOpId(3)] });
  });

  test('[OB-2] a delete of one removes it, with what was said about it', () => {
    expect(stage(aDelete(3, 1), [entry(1, anOp(1)), entry(2, aReply(2, 1))])).toEqual({
      kind: 'vanish',
      opIds: [anOpId(1), anOpId(2)],
    });
  });

  test('[OB-2] once a byte may have left, an edit is an edit and a delete a delete', () => {
    for (const state of [attempted, { at: 'sending' }, { at: 'answered', seq: 3 }] as const) {
      expect(stage(anEdit(2, 1, 'better'), [entry(1, anOp(1), state)])).toEqual({ kind: 'add' });
      expect(stage(aDelete(2, 1), [entry(1, anOp(1), state)])).toEqual({ kind: 'add' });
    }
  });

  test('[OB-3] a newer read marker replaces one that waits, under its id', () => {
    expect(stage(aMarker(2, 9), [entry(1, aMarker(1, 5))])).toEqual({
      kind: 'replace',
      opId: anOpId(1),
      op: { ...aMarker(2, 9), opId: anOpId(1) },
    });
    expect(stage(aMarker(2, 9), [entry(1, aMarker(1, 5), attempted)])).toEqual({ kind: 'add' });
    expect(stage(aMute(2), [entry(1, aMarker(1, 5))])).toEqual({ kind: 'add' });
    expect(stage(aMarker(2, 9), [entry(1, aMarker(1, 5, 2))])).toEqual({ kind: 'add' });
    expect(stage(aMarker(2, 9), [entry(1, { ...aMarker(1, 5), log: aSelfLog(2) })])).toEqual({ kind: 'add' });
  });

  test.each(['draft', 'muted', 'pinned', 'archived', 'marked-unread'])('[OB-3] so does a newer %s', (type) => {
    const make = (n: number) => anOp(n, { type, log: aSelfLog(), payload: { conversation: aConversation(), of: n } } as never);
    expect(stage(make(2), [entry(1, make(1))])).toEqual({
      kind: 'replace',
      opId: anOpId(1),
      op: { ...make(2), opId: anOpId(1) },
    });
  });

  test('[OB-3] what is no register of a conversation is said each time', () => {
    expect(stage(aBlock(2), [entry(1, aBlock(1))])).toEqual({ kind: 'add' });
    expect(stage(anOp(2), [entry(1, anOp(1))])).toEqual({ kind: 'add' });
  });
});

describe('what leaves', () => {
  test('[LN-1] the ops of a lane leave in the order they were made, one batch at a time', () => {
    const outbox = [entry(1, anOp(1)), entry(2, anOp(2)), entry(3, anOp(3))];
    expect(taken(aLog(), outbox)).toEqual([1, 2, 3]);
    expect(taken(aLog(), [entry(1, anOp(1), { at: 'sending' }), ...outbox.slice(1)])).toEqual([]);
    expect(taken(aLog(), [entry(1, anOp(1), { at: 'answered', seq: 1 }), ...outbox.slice(1)])).toEqual([2, 3]);
  });

  test('[LN-1] a batch has bounds, and always room for one', () => {
    const outbox = [entry(1, anOp(1)), entry(2, anOp(2)), entry(3, anOp(3))];
    expect(taken(aLog(), outbox, { ops: 2, bytes: 1_000 })).toEqual([1, 2]);
    expect(taken(aLog(), outbox, { ops: 50, bytes: 25 })).toEqual([1, 2]);
    expect(taken(aLog(), outbox, { ops: 50, bytes: 20 })).toEqual([1, 2]);
    expect(taken(aLog(), outbox, { ops: 50, bytes: 1 })).toEqual([1]);
  });

  test('[LN-1] a parked op does not hold up those that have nothing to do with it', () => {
    expect(
      taken(aLog(), [entry(1, anOp(1), { at: 'parked', refusal: 'too-large', attempted: true }), entry(2, anOp(2))]),
    ).toEqual([2]);
  });

  test('[OB-4] an op waits for the op that makes what it names, in whatever lane', () => {
    const elsewhere = entry(1, anOp(1, { log: aLog(2) }));
    expect(waitsFor(entry(2, aReply(2, 1)), [elsewhere])).toEqual([anOpId(1)]);
    expect(taken(aLog(), [elsewhere, entry(2, aReply(2, 1)), entry(3, anOp(3))])).toEqual([]);
    const answered = entry(1, anOp(1, { log: aLog(2) }), { at: 'answered', seq: 4 });
    expect(taken(aLog(), [answered, entry(2, aReply(2, 1))])).toEqual([2]);
  });

  test('[OB-4] what is in the same batch before it is no reason to wait', () => {
    expect(taken(aLog(), [entry(1, anOp(1)), entry(2, aReply(2, 1))])).toEqual([1, 2]);
  });

  test('[OB-4] a mute waits for the group it mutes', () => {
    const group = entry(1, aGroup(1));
    expect(taken(aSelfLog(), [group, entry(2, aMute(2))])).toEqual([]);
    expect(taken(aSelfLog(), [{ ...group, state: { at: 'answered', seq: 1 } }, entry(2, aMute(2))])).toEqual([2]);
  });

  test('[OB-4] it waits for no other conversation, for nothing that was made later, and for no parked maker', () => {
    for (const other of [
      entry(1, aGroup(1, 2)),
      entry(3, aGroup(3)),
      entry(1, anOp(1)),
      entry(1, aGroup(1), parked),
      entry(1, aGroup(1), { at: 'answered', seq: 1 }),
    ]) {
      expect(taken(aSelfLog(), [other, entry(2, aMute(2))])).toEqual([2]);
    }
  });

  test('[OB-4] a mute waits for the first message of the direct conversation it mutes', () => {
    expect(taken(aSelfLog(), [entry(1, anOp(1, { with: aUser(2) })), entry(2, aMute(2))])).toEqual([]);
  });

  test.each(['starred', 'hidden'] as const)('[OB-4] what is %s waits for its message, and for no other', (type) => {
    const outbox = [
      entry(1, anOp(1)),
      entry(2, aMark(2, type, 1)),
      entry(3, aMark(3, type, 9)),
      entry(4, aMark(4, type, 1, false)),
    ];
    expect(taken(aSelfLog(), outbox)).toEqual([3]);
    expect(taken(aSelfLog(), [entry(1, anOp(1), parked), ...outbox.slice(1)])).toEqual([3]);
  });

  test('[LN-1][OB-4] in a conversation nothing passes an op that waits', () => {
    const outbox = [entry(1, anOp(1, { log: aLog(2) })), entry(2, anOp(2)), entry(3, aReply(3, 1)), entry(4, anOp(4))];
    expect(taken(aLog(), outbox)).toEqual([2]);
  });

  test('[LN-3] whatever waits, no op of a self log passes one that names the same register', () => {
    const registers = (n: number, about: number) => [
      aMute(n, about % 2 === 0),
      aMarker(n, about),
      aMark(n, 'starred', about),
      aMark(n, 'hidden', about),
      aBlock(n),
    ];
    const ops = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 6 }), fc.constantFrom(queued, attempted, parked)), {
      maxLength: 8,
    });
    const subject = ({ type, payload }: Op) => ('message' in payload ? `${type}:${payload.message}` : type);
    fc.assert(
      fc.property(ops, (made) => {
        const outbox = made.map(([kind, about, state], i) => {
          const n = i + 1;
          return entry(n, [...registers(n, about), aGroup(n), anOp(n), anOp(n, { with: aUser(2) })][kind % 8]!, state);
        });
        const left = new Set(taken(aSelfLog(), outbox));
        const waiting = outbox.filter(({ n, log, state }) => log === aSelfLog() && state.at === 'queued' && !left.has(n));
        const passed = waiting.flatMap((first) =>
          outbox.filter(({ n, op }) => n > first.n && left.has(n) && subject(op) === subject(first.op)),
        );
        expect(passed).toEqual([]);
      }),
    );
  });

  test('[LN-3] in a self log others pass an op that waits, unless they name the same register', () => {
    const outbox = [entry(1, aGroup(1)), entry(2, aMute(2)), entry(3, aBlock(3)), entry(4, aMute(4, false))];
    expect(taken(aSelfLog(), outbox)).toEqual([3]);
  });
});

describe('what becomes of an op', () => {
  test('[OB-5] a permanent refusal parks it, anything else sends it again', () => {
    expect([
      afterRefusal('forbidden'),
      afterRefusal('unavailable'),
      afterRefusal('signed-out'),
      afterRefusal('too-large'),
    ]).toEqual(['park', 'retry', 'retry', 'halve']);
  });

  test('[OB-1][OB-6] an answered op leaves when the watermark has passed its event, and not before', () => {
    const answered = entry(1, anOp(1), { at: 'answered', seq: 7 });
    expect([isSettled(answered, 6), isSettled(answered, 7)]).toEqual([false, true]);
    for (const state of [queued, { at: 'sending' }, { at: 'parked', refusal: 'forbidden', attempted: true }] as const) {
      expect(isSettled(entry(1, anOp(1), state), 99)).toBe(false);
    }
  });

  test('[OB-7] a reset sends again what was answered, as something that was attempted', () => {
    expect(afterReset(entry(1, anOp(1), { at: 'answered', seq: 7 }))).toEqual(attempted);
    expect(afterReset(entry(1, anOp(1), { at: 'sending' }))).toEqual({ at: 'sending' });
  });
});
