import { expect, test } from 'vitest';
import { registerKeys, type Span } from '#sync-protocol';
import { aChain, aConversation, aLog, aState, aTime, aUser } from '#sync-protocol/testing';
import type { ConversationOfUser } from './ports.ts';
import { isListed, viewOf, type OwnRegisters } from './view.ts';

const user = aUser(2);
const before = { ordinal: 0, ownOrdinal: 0 };
const { asOf: _, members: _members, ...state } = aState({ title: 'Then' });
const end = {
  ordinal: 4,
  ownOrdinal: 1,
  chain: aChain(6),
  lastAt: aTime(6),
  roomEpoch: 1,
  state,
  owners: [],
  members: 1,
  purge: false,
};
const left: Span = { from: 2, to: 6, before, end };

function held(spans: readonly Span[], role?: 'member'): ConversationOfUser {
  const counts = { messageCount: 15, roomEpoch: 3, compactedTo: 0, relayedTo: 20 };
  const record = {
    log: aLog(),
    head: 20,
    chain: aChain(20),
    lastAt: aTime(20),
    changedAt: 0,
    ...counts,
    state: aState({ title: 'Now' }),
  };
  return { record, membership: { user, log: aLog(), revised: 6, spans, ownMessages: 2, ...(role && { role }) } };
}
const droppedTo = (upTo: number): OwnRegisters => {
  const key = registerKeys.dropped(aConversation());
  return new Map([[key, { key, revised: 1, value: { upTo } }]]);
};

test('[VS-3] a member sees up to the head; a former one is shown how it stood when they left', () => {
  const now = viewOf(held([{ from: 2, before }], 'member'), new Map());
  expect(now).toMatchObject({
    isMember: true,
    head: 20,
    chain: aChain(20),
    shared: { title: 'Now' },
    intervals: [{ from: 2, to: 20 }],
  });
  expect(now.marks).toEqual({ seq: 20, ordinal: 15, ownOrdinal: 2 });
  const then = viewOf(held([left]), new Map());
  expect(then).toMatchObject({ isMember: false, head: 6, chain: aChain(6), lastAt: aTime(6), shared: { title: 'Then' } });
  expect(then.intervals).toEqual([{ from: 2, to: 6 }]);
  expect(then.marks).toEqual({ seq: 6, ordinal: 4, ownOrdinal: 1 });
});

test('[VS-3] who was purged is shown nothing; who came back, all their stays', () => {
  const purged = { ...left, end: { ...end, purge: true } };
  const gone = viewOf(held([purged]), new Map());
  expect([gone.intervals, isListed(gone)]).toEqual([[], false]);
  const back = viewOf(held([purged, { from: 9, before }], 'member'), new Map());
  expect([back.intervals, isListed(back)]).toEqual([
    [
      { from: 2, to: 6 },
      { from: 9, to: 20 },
    ],
    true,
  ]);
});

test('[RT-1] what was dropped is neither shown nor listed until something new is there', () => {
  const stay = held([{ from: 2, before }], 'member');
  expect(viewOf(stay, droppedTo(12)).intervals).toEqual([{ from: 13, to: 20 }]);
  expect([isListed(viewOf(stay, droppedTo(19))), isListed(viewOf(stay, droppedTo(20)))]).toEqual([true, false]);
  expect(viewOf(stay, droppedTo(20)).intervals).toEqual([]);
});
