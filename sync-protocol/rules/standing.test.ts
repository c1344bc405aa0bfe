import { expect, test } from 'vitest';
import { aChain, aTime, aUser, anEvent, anOpId } from '../testing.ts';
import { understand, type LogEvent } from '../wire/event.ts';
import { emptyState } from './fold.ts';
import { foldLog, type LogFold } from './standing.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)] as const;
const empty: LogFold = { state: emptyState(), standings: new Map(), messageCount: 0, roomEpoch: 0 };
const say = (type: string, payload: object, by = ann): Partial<LogEvent> => ({ type, payload, by });
const message = (by = ann) => say('message', { body: { kind: 'text', text: 'x' } }, by);
const create = say('group-created', { title: 'Group', members: [bob] });
const remove = (user = bob, purge?: boolean) => say('member-removed', { user, ...(purge && { purge }) });

function fold(...said: readonly Partial<LogEvent>[]) {
  return said.reduce<{ fold: LogFold; changed: readonly string[] }>(
    ({ fold: before }, one, i) => {
      const event = anEvent(i + 1, one);
      return foldLog(before, event, understand(event));
    },
    { fold: empty, changed: [] },
  );
}

test('[FD-7][VS-1] a stay opens at the event that brought somebody in, with the counts before it', () => {
  const { fold: after, changed } = fold(create, message(), message(bob), say('members-added', { members: [cem] }));
  expect(changed).toEqual([cem]);
  expect(after.standings.get(cem)).toEqual({
    role: 'member',
    spans: [{ from: 4, before: { ordinal: 2, ownOrdinal: 0 } }],
    ownMessages: 0,
    revised: 4,
  });
  expect(after.standings.get(ann)).toMatchObject({ role: 'owner', spans: [{ from: 1 }] });
});

test('[FD-7] own messages and all messages are counted in absolute numbers', () => {
  const { fold: after, changed } = fold(create, message(), message(bob), message(bob));
  expect(after.messageCount).toBe(3);
  expect(after.standings.get(bob)).toMatchObject({ ownMessages: 2, revised: 4 });
  expect(after.standings.get(ann)).toMatchObject({ ownMessages: 1, revised: 2 });
  expect(changed).toEqual([bob]);
});

test('[VS-3] the end of a stay keeps how things stood there', () => {
  const pin = { ...say('pin', { on: true }), target: anOpId(2) };
  const { fold: after, changed } = fold(create, message(bob), pin, remove(bob, true));
  expect(changed).toEqual([bob]);
  const { role, spans } = after.standings.get(bob)!;
  expect(role).toBeUndefined();
  expect(spans).toMatchObject([{ from: 1, to: 4 }]);
  expect(spans[0]!.end).toEqual({
    ordinal: 1,
    ownOrdinal: 1,
    chain: aChain(4),
    lastAt: aTime(4),
    roomEpoch: 1,
    state: { title: 'Group', policy: { history: 'joined' }, pins: [anOpId(2)] },
    owners: [ann],
    members: 1,
    purge: true,
  });
});

test('[VS-3] only who was removed with what they saw loses it', () => {
  const endOf = (last: ReturnType<typeof remove>) => fold(create, last).fold.standings.get(bob)!.spans[0]!.end;
  expect(endOf(remove(bob, true))).toMatchObject({ purge: true });
  expect(endOf(remove())).toMatchObject({ purge: false });
  expect(endOf({ ...say('member-left', {}), by: bob })).toMatchObject({ purge: false });
});

test('[FD-7] who comes back has a second stay', () => {
  const { fold: after } = fold(create, message(bob), remove(), message(), say('members-added', { members: [bob] }));
  const bobs = after.standings.get(bob)!;
  expect(bobs).toMatchObject({
    role: 'member',
    spans: [
      { from: 1, to: 3 },
      { from: 5, before: { ordinal: 2, ownOrdinal: 1 } },
    ],
    ownMessages: 1,
  });
});

test('[LV-5] the room epoch rises whenever somebody ceases to be a member, and only then', () => {
  const epochs = [
    create,
    message(),
    remove(cem),
    remove(bob),
    remove(bob),
    say('members-added', { members: [bob] }),
    say('member-left', {}, bob),
  ];
  const seen = epochs.map((_, i) => fold(...epochs.slice(0, i + 1)).fold.roomEpoch);
  expect(seen).toEqual([0, 0, 0, 1, 1, 1, 2]);
});

test('[FD-5][FD-7] the change of owner that a departure brings is part of standing', () => {
  const { fold: after, changed } = fold(create, say('member-left', {}, ann));
  expect(after.standings.get(bob)).toMatchObject({ role: 'owner', spans: [{ from: 1 }], revised: 2 });
  expect(changed.toSorted()).toEqual([ann, bob]);
});

test('[FD-7] the first message of a direct conversation makes both its members, and counts', () => {
  const { fold: after, changed } = fold({ ...message(), with: bob });
  expect(changed.toSorted()).toEqual([ann, bob]);
  expect(after.standings.get(ann)).toMatchObject({
    role: 'member',
    spans: [{ from: 1, before: { ordinal: 0, ownOrdinal: 0 } }],
    ownMessages: 1,
  });
  expect(after.standings.get(bob)).toMatchObject({ ownMessages: 0 });
});
