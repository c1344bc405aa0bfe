import { expect, test } from 'vitest';
import { createMessage, limits, type MessageFold, type Reaction } from '#sync-protocol';
import { anEvent, aUser } from '#sync-protocol/testing';
import { toMessage } from './messages.ts';

const reader = aUser(1);
const view = { user: reader, isMember: true, head: 20 };
const body = { kind: 'text', text: 'words' };
const message: MessageFold = createMessage({ ...anEvent(2), type: 'message' }, body);
const reaction = (n: number, emoji: string, on = true): Reaction => ({ user: aUser(n), emoji, on, revised: 2 + n });

test('[FD-6] people stand under their emoji in the order they came; what was taken back is gone', () => {
  const reactions = [reaction(3, '+'), reaction(2, '+'), reaction(4, '-'), reaction(5, '+', false), reaction(6, '!', false)];
  expect(toMessage({ ...message, reactions }, view).reactions).toEqual([
    { emoji: '+', count: 2, people: [aUser(2), aUser(3)], mine: false },
    { emoji: '-', count: 1, people: [aUser(4)], mine: false },
  ]);
});

test('[FD-6] of a crowd the first hundred are named, all are counted, and oneself is told', () => {
  const crowd = Array.from({ length: 150 }, (_, i) => reaction(i + 2, '+'));
  const reactions = [...crowd, { ...reaction(1, '+'), revised: 1_000 }];
  const [tally] = toMessage({ ...message, reactions }, view).reactions;
  expect(tally).toMatchObject({ count: 151, mine: true });
  expect(tally!.people).toEqual(crowd.slice(0, limits.reactionPeopleMax).map(({ user }) => user));
});

test('[FD-3] a deleted message says so and nothing else', () => {
  const { body: _, ...rest } = message;
  expect(toMessage({ ...rest, deleted: 5, revised: 5 }, view)).toMatchObject({ deleted: true, revised: 5, reactions: [] });
});

test('[VS-6] a message touched after a former member left is withheld, and does not say by what', () => {
  const touched = { ...message, revised: 21, edits: 3, deleted: 21, reactions: [reaction(3, '+')] };
  const former = { ...view, isMember: false };
  const { id, seq, by, at, writtenAt } = message;
  expect(toMessage(touched, former)).toEqual({
    id,
    seq,
    revised: 20,
    by,
    at,
    writtenAt,
    edits: 0,
    withheld: true,
    reactions: [],
  });
  expect(toMessage({ ...message, revised: 20 }, former)).toMatchObject({ body });
  expect(toMessage(touched, view)).not.toHaveProperty('withheld');
});
