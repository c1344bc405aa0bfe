import { setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import { aConversation, anOpId, aUser } from '#sync-protocol/testing';
import type { ScreenItem } from '../../store/queries/queries.ts';
import { toListItems, unreadKey } from './message-items.ts';

const [me, other] = [aUser(1), aUser(2)];
const i18n = setupI18n({ locale: 'en', messages: { en: {} }, missing: (_, id) => id });

const message = (seq: number, by = other): ScreenItem => ({
  kind: 'message',
  message: {
    id: anOpId(seq),
    conversationId: aConversation(),
    seq,
    order: seq,
    asOf: seq,
    revised: seq,
    bodyRevised: seq,
    by,
    at: seq * 1_000,
    writtenAt: seq * 1_000,
    body: { kind: 'text', text: `message ${seq}` },
    edits: 0,
    reactions: [],
  },
});

const keysOf = (held: readonly ScreenItem[]) =>
  toListItems(held, {
    i18n,
    me,
    nameOf: () => 'Jonas',
    parked: new Map(),
    loads: new Map(),
    unread: { after: 1, count: 2 },
  }).map(({ key, kind }) => (kind === 'day' ? 'day' : key));

test('what was unread when the chat was opened begins with a line', () => {
  expect(keysOf([message(1), message(2), message(3)])).toEqual(['day', anOpId(1), unreadKey, anOpId(2), anOpId(3)]);
});

test('the line is gone once one has written after it: then all of it was seen', () => {
  expect(keysOf([message(1), message(2), message(3), message(4, me)])).not.toContain(unreadKey);
  expect(keysOf([message(1, me), message(2), message(3)])).toContain(unreadKey);
});
