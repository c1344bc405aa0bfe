import { expect, test } from 'vitest';
import { conversationLog } from '#sync-protocol';
import { aConversation, aGroupCreated, anEmptyBook, aText, aUser, writeAll } from '../../../tests/contract/event-log-book.ts';
import { docOf } from './documents.ts';

test('[SQ-10] a state that says what it said before is not stored with every event', () => {
  const log = conversationLog(aConversation(1));
  const said = [aGroupCreated(aUser(1), [aUser(2)]), aText(aUser(1), 'one')];
  const [created, text] = writeAll(anEmptyBook(log), said).events;
  const first = docOf(log, created!, undefined, 0);
  expect(first.pending.follows.state).toContain(aUser(2));
  const second = docOf(log, text!, first.stateMark, 0);
  expect(second.pending.follows).not.toHaveProperty('state');
  expect(second.pending.follows.record).toMatchObject({ head: 2, stateAsOf: 2 });
  expect(docOf(log, text!, undefined, 0).pending.follows.state).toBe(first.pending.follows.state);
});
