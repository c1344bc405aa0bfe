import { describe, expect, test } from 'vitest';
import { aConversation, aDirectConversation, aLog, aSelfLog, aState, aUser, anOp, anOpId } from '../testing.ts';
import { conversationLog } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Op } from '../wire/op.ts';
import { authorise, belongs, namedBy, type ConversationFacts, type Target } from './authorise.ts';
import type { Standing } from './standing.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)] as const;
const before = { ordinal: 0, ownOrdinal: 0 };
const member: Standing = { role: 'member', spans: [{ from: 1, before }], ownMessages: 0, revised: 1 };
const owner: Standing = { ...member, role: 'owner' };
const { role: _, ...former } = member;

/** Message 5 of Ann, in a group of Ann, who owns it, and Bob. */
const target: Target = { id: anOpId(5), seq: 5, by: ann };
const facts = (parts: Partial<ConversationFacts> = {}): ConversationFacts => ({
  head: 10,
  state: aState(),
  standing: member,
  targets: new Map([[target.id, target]]),
  isDirectOfWith: false,
  ...parts,
});
const body = { kind: 'text', text: 'words' } as const;
const about = (type: 'edit' | 'delete' | 'reaction' | 'pin'): Op => {
  const payloads = { edit: { body }, delete: {}, reaction: { emoji: '+', on: true }, pin: { on: true } };
  return anOp(1, { type, target: target.id, payload: payloads[type] } as Parameters<typeof anOp>[1]);
};
const remove = anOp(1, { type: 'member-removed', payload: { user: cem } });
const add = anOp(1, { type: 'members-added', payload: { members: [cem] } });
const leave = anOp(1, { type: 'member-left', payload: {} });
const rename = anOp(1, { type: 'info-changed', payload: { title: 'New' } });
const open = anOp(1, { type: 'policy-changed', payload: { history: 'shared' } });
const create = anOp(1, { type: 'group-created', payload: { title: 'Group', members: [bob] } });
const promote = (role: 'owner' | 'member', user = bob) => anOp(1, { type: 'role-changed', payload: { user, role } });

test('[AU-1] conversation types belong in conversations, self types in one’s own self log', () => {
  const marker = anOp(1, { type: 'read-marker', log: aSelfLog(1), payload: { conversation: aConversation(), seq: 1 } });
  expect(belongs(marker, ann)).toBeUndefined();
  expect(belongs(marker, bob)).toBe('not-found');
  expect(belongs({ ...marker, log: aLog() }, ann)).toBe('malformed');
  expect(belongs(anOp(1), ann)).toBeUndefined();
  expect(belongs(anOp(1, { log: aSelfLog(1) }), ann)).toBe('malformed');
});

test('[AU-2] who never was a member finds nothing, a former one may do nothing', () => {
  for (const op of [anOp(1), about('edit'), about('pin'), remove, add, leave, rename, open, promote('owner')]) {
    expect(authorise(op, cem, facts({ standing: undefined }))).toBe('not-found');
    expect(authorise(op, cem, facts({ standing: former }))).toBe('forbidden');
  }
});

test('[AU-3] only its author edits a message; its author or an owner deletes it', () => {
  expect(authorise(about('edit'), ann, facts({ standing: owner }))).toBeUndefined();
  expect(authorise(about('edit'), bob, facts({ standing: owner }))).toBe('forbidden');
  expect(authorise(about('delete'), ann, facts())).toBeUndefined();
  expect(authorise(about('delete'), bob, facts())).toBe('forbidden');
  expect(authorise(about('delete'), bob, facts({ standing: owner }))).toBeUndefined();
  expect(authorise(about('reaction'), bob, facts())).toBeUndefined();
  expect(authorise(about('pin'), bob, facts())).toBeUndefined();
});

describe('[AU-4] what an op names', () => {
  const reply = anOp(1, { type: 'message', payload: { body: { ...body, replyTo: target.id } } });
  const thread = anOp(1, { type: 'message', payload: { body: { ...body, thread: target.id } } });
  const all = [about('edit'), about('delete'), about('reaction'), about('pin'), reply, thread];

  test('[AU-4] is its target, what it replies to and its thread', () => {
    for (const op of all) expect(namedBy(op)).toEqual([target.id]);
    expect(namedBy(anOp(1))).toEqual([]);
  });

  test('[AU-4] must exist', () => {
    for (const op of all) expect(authorise(op, ann, facts())).toBeUndefined();
    for (const op of all) expect(authorise(op, ann, facts({ targets: new Map() }))).toBe('not-found');
  });

  test('[AU-4] must be visible to whoever names it', () => {
    const late: Standing = { ...member, spans: [{ from: 6, before }] };
    for (const op of all) expect(authorise(op, ann, facts({ standing: late }))).toBe('not-found');
    const shared = facts({ standing: late, state: aState({ policy: { history: 'shared' } }) });
    for (const op of all) expect(authorise(op, ann, shared)).toBeUndefined();
  });
});

describe('[AU-5] groups', () => {
  test('[AU-5] any member adds, renames and leaves; an owner also removes, gives roles and sets the policy', () => {
    for (const op of [add, rename, leave]) expect(authorise(op, bob, facts())).toBeUndefined();
    for (const op of [remove, promote('owner'), open]) expect(authorise(op, bob, facts())).toBe('forbidden');
    for (const op of [remove, promote('owner'), open]) expect(authorise(op, ann, facts({ standing: owner }))).toBeUndefined();
  });

  test('[AU-5] nobody removes themselves; they leave', () => {
    expect(authorise(remove, cem, facts({ standing: owner }))).toBe('forbidden');
  });

  test('[AU-5] the last owner cannot give the role up, and a stranger is given none', () => {
    expect(authorise(promote('member', ann), ann, facts({ standing: owner }))).toBe('conflict');
    const two = aState({
      members: [
        [ann, 'owner'],
        [bob, 'owner'],
      ],
    });
    expect(authorise(promote('member', ann), ann, facts({ standing: owner, state: two }))).toBeUndefined();
    expect(authorise(promote('owner', cem), ann, facts({ standing: owner }))).toBe('not-found');
  });

  test('[AU-5] a group is made once', () => {
    expect(authorise(create, ann, facts({ head: 0, standing: undefined }))).toBeUndefined();
    expect(authorise(create, ann, facts({ standing: owner }))).toBe('conflict');
  });

  test('[AU-5] a group has at most a thousand members', () => {
    const people = Array.from({ length: limits.groupMembersMax }, (_, i) => aUser(i + 10));
    const tooMany = anOp(1, { type: 'group-created', payload: { title: 'Group', members: people } });
    expect(authorise(tooMany, ann, facts({ head: 0, standing: undefined }))).toBe('too-large');
    const justFits = anOp(1, { type: 'group-created', payload: { title: 'Group', members: people.slice(1) } });
    expect(authorise(justFits, ann, facts({ head: 0, standing: undefined }))).toBeUndefined();
    const full = facts({ state: aState({ members: people.map((user) => [user, 'member']) }) });
    expect(authorise(add, bob, full)).toBe('too-large');
    const present = anOp(1, { type: 'members-added', payload: { members: people.slice(0, 5) } });
    expect(authorise(present, bob, full)).toBeUndefined();
  });
});

describe('[DR-2] a direct conversation', () => {
  const log = conversationLog(aDirectConversation());
  const first = anOp(1, { log, with: bob });

  test('[DR-2] is only for the two its id is made of', () => {
    const fresh = facts({ head: 0, standing: undefined });
    expect(authorise(first, ann, fresh)).toBe('not-found');
    expect(authorise(first, ann, { ...fresh, isDirectOfWith: true })).toBeUndefined();
  });

  test('[DR-2] begins with a message', () => {
    const react = anOp(1, { log, with: bob, type: 'reaction', target: target.id, payload: { emoji: '+', on: true } });
    expect(authorise(react, ann, facts({ head: 0, isDirectOfWith: true }))).toBe('not-found');
    expect(authorise(react, ann, facts({ isDirectOfWith: true }))).toBeUndefined();
  });

  test('[AU-5] has no members to add, no title, no roles and no owner', () => {
    const direct = facts({ isDirectOfWith: true });
    for (const op of [create, add, remove, leave, rename, open, promote('owner')]) {
      expect(authorise({ ...op, log } as Op, ann, direct)).toBe('malformed');
    }
    expect(authorise({ ...about('delete'), log } as Op, bob, direct)).toBe('forbidden');
  });
});
