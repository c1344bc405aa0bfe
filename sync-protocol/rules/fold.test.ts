import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { aUser, anEvent, anOpId } from '../testing.ts';
import { understand, type KnownEvent, type LogEvent } from '../wire/event.ts';
import { createMessage, emptyState, foldState, reviseMessage, type MessageFold } from './fold.ts';

const [ann, bob, cem, dan] = [aUser(1), aUser(2), aUser(3), aUser(4)] as const;
const body = (text: string) => ({ kind: 'text', text }) as const;
const target = anOpId(1);
const about = (seq: number, type: string, payload: object, by = ann): KnownEvent =>
  understand(anEvent(seq, { type, payload, by, target }))!;
const edit = (seq: number, text: string) => about(seq, 'edit', { body: body(text) });
const remove = (seq: number) => about(seq, 'delete', {});
const react = (seq: number, emoji: string, on: boolean, by = ann) => about(seq, 'reaction', { emoji, on }, by);
const first = createMessage({ ...anEvent(1), type: 'message' }, body('one'));
const fold = (...events: readonly KnownEvent[]): MessageFold => events.reduce(reviseMessage, first);

describe('a message', () => {
  test('[FD-1] is what its event said; a blanked one has no body', () => {
    expect(first).toMatchObject({
      id: target,
      seq: 1,
      revised: 1,
      by: ann,
      body: body('one'),
      bodyRevised: 1,
      edits: 0,
      reactions: [],
    });
    expect(createMessage({ ...anEvent(1), type: 'message' }, undefined)).not.toHaveProperty('body');
  });

  test('[FD-2] a later edit wins, in whatever order the two arrive', () => {
    expect(fold(edit(3, 'three'), edit(5, 'five'))).toMatchObject({ body: body('five'), bodyRevised: 5, revised: 5, edits: 2 });
    expect(fold(edit(5, 'five'), edit(3, 'three'))).toMatchObject({ body: body('five'), bodyRevised: 5, revised: 5 });
    expect(fold(edit(5, 'five'), edit(5, 'five')).edits).toBe(1);
  });

  test('[FD-2] each person’s each emoji is a register of its own: off after on stays off', () => {
    const offLast = fold(react(3, '+', true), react(4, '+', false), react(5, '+', true, bob), react(6, '-', true));
    const state = ({ reactions }: MessageFold) => reactions.map(({ user, emoji, on }) => `${user} ${emoji} ${on}`).toSorted();
    expect(state(offLast)).toEqual([`${ann} + false`, `${ann} - true`, `${bob} + true`]);
    expect(state(fold(react(4, '+', false), react(3, '+', true)))).toEqual([`${ann} + false`]);
  });

  test('[FD-3] once deleted it stays deleted, without body and reactions', () => {
    const deleted = fold(react(2, '+', true), edit(3, 'three'), remove(4));
    expect(deleted).toMatchObject({ deleted: 4, revised: 4, reactions: [] });
    expect(deleted).not.toHaveProperty('body');
    expect([edit(5, 'five'), react(6, '+', true), remove(7)].reduce(reviseMessage, deleted)).toBe(deleted);
  });

  test('[FD-2] the same event again changes nothing', () => {
    for (const event of [edit(3, 'x'), react(3, '+', true), remove(3)]) {
      const once = reviseMessage(first, event);
      expect(reviseMessage(once, event)).toBe(once);
    }
    const other = understand(anEvent(9, { type: 'pin', target, payload: { on: true } }))!;
    expect(reviseMessage(first, other)).toBe(first);
  });
});

describe('what members share', () => {
  const say = (type: string, payload: object, by = ann, parts: Partial<LogEvent> = {}) => ({ type, payload, by, ...parts });
  const stateOf = (...said: readonly ReturnType<typeof say>[]) =>
    said.reduce((state, one, i) => foldState(state, anEvent(i + 1, one)), emptyState());
  const create = say('group-created', { title: 'Group', members: [bob, bob, cem] });

  test('[FD-4] is made by the event that creates a group, members in the order they came', () => {
    expect(stateOf(create)).toEqual({
      asOf: 1,
      title: 'Group',
      policy: { history: 'joined' },
      pins: [],
      members: [
        [ann, 'owner'],
        [bob, 'member'],
        [cem, 'member'],
      ],
    });
  });

  test('[FD-4] follows additions, removals, leaving, roles, info and policy, and is as of the last event', () => {
    const add = say('members-added', { members: [dan, bob] });
    const state = stateOf(
      create,
      add,
      say('member-removed', { user: cem }),
      say('member-left', {}, bob),
      say('role-changed', { user: dan, role: 'owner' }),
      say('info-changed', { about: 'About' }),
      say('policy-changed', { history: 'shared' }),
      say('message', { body: body('x') }),
    );
    expect(state).toEqual({
      asOf: 8,
      title: 'Group',
      about: 'About',
      policy: { history: 'shared' },
      pins: [],
      members: [
        [ann, 'owner'],
        [dan, 'owner'],
      ],
    });
  });

  test('[FD-4] pins stand in the order they were set, each once, the oldest making room', () => {
    const pin = (n: number, on = true) => say('pin', { on }, ann, { target: anOpId(n) });
    expect(stateOf(create, pin(1), pin(2), pin(3), pin(1), pin(2, false)).pins).toEqual([anOpId(3), anOpId(1)]);
    const many = Array.from({ length: limits.pinsMax + 5 }, (_, i) => pin(i));
    const { pins } = stateOf(create, ...many);
    expect([pins.length, pins[0]]).toEqual([limits.pinsMax, anOpId(5)]);
  });

  test('[FD-4][DR-1] a direct conversation has the two its first event names; notes have one', () => {
    const hello = (other: typeof bob, parts = {}) => say('message', { body: body('hi') }, ann, { with: other, ...parts });
    expect(stateOf(hello(bob)).members).toEqual([
      [ann, 'member'],
      [bob, 'member'],
    ]);
    expect(stateOf(hello(ann)).members).toEqual([[ann, 'member']]);
    expect(stateOf(hello(bob, { blank: true, payload: null })).members).toEqual([
      [ann, 'member'],
      [bob, 'member'],
    ]);
  });

  test('[FD-5] when the last owner goes, whoever has been there longest owns the group', () => {
    expect(stateOf(create, say('member-left', {}, ann)).members).toEqual([
      [bob, 'owner'],
      [cem, 'member'],
    ]);
    expect(
      stateOf(create, say('member-left', {}, ann), say('member-left', {}, bob), say('member-left', {}, cem)).members,
    ).toEqual([]);
  });

  test('[FD-5] a group that has an owner is left alone, whoever has been there longest', () => {
    const promoted = say('role-changed', { user: bob, role: 'owner' });
    const stepsDown = say('role-changed', { user: ann, role: 'member' });
    expect(stateOf(create, promoted, stepsDown).members).toEqual([
      [ann, 'member'],
      [bob, 'owner'],
      [cem, 'member'],
    ]);
  });

  test('[FD-9] an event of a later version moves as-of and nothing else', () => {
    const known = stateOf(create);
    for (const odd of [
      { type: 'telepathy', payload: 1 },
      { type: 'members-added', payload: { people: [dan] } },
    ]) {
      expect(foldState(known, anEvent(2, odd))).toEqual({ ...known, asOf: 2 });
    }
  });
});
