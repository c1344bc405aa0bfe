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
const aMarker = (n: number, seq: number) =>
  anOp(n, { type: 'read-marker', log: aSelfLog(), payload: { conversation: aConversation(), seq } });
const aMute = (n: number, on = true) =>
  anOp(n, { type: 'muted', log: aSelfLog(), payload: { conversation: aConversation(), on } });
const aBlock = (n: number) => anOp(n, { type: 'blocked', log: aSelfLog(), payload: { user: aUser(2), on: true } });
const aGroup = (n: number) => anOp(n, { type: 'group-created', payload: { title: 'Group', members: [] } });

describe('staging an op', () => {
  test('[OB-2] an edit of a message that never left changes what it says', () => {
    const message = entry(1, anOp(1));
    expect(stage(anEdit(2, 1, 'better'), [message])).toEqual({
      kind: 'replace',
      opId: anOpId(1),
      op: { ...message.op, payload: { body: body('better') } },
    });
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
