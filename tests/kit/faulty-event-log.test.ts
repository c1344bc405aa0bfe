import { expect, test } from 'vitest';
import { conversationLog } from '#sync-protocol';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { aConversation, aGroupCreated, aText, aUser, anEmptyBook, write, writeAll } from '../contract/event-log-book.ts';
import { type Fault, createFaultyEventLog } from './faulty-event-log.ts';

const ann = aUser(1);
const log = conversationLog(aConversation(1));
const { book, events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, [])]);
const second = write(book, aText(ann, 'two')).event;

test.each<[Fault, head: number, isDead: boolean]>([
  ['throw-before', 1, false],
  ['throw-after', 2, false],
  ['crash-before', 1, true],
  ['crash-after', 2, true],
])('[SQ-1] %s at the second append leaves head %i', async (fault, head, isDead) => {
  const disk = createMemoryEventLog();
  const faulty = createFaultyEventLog(disk, { at: 2, fault });
  await faulty.append(log, 0, events);
  expect(faulty.hasFired()).toBe(false);
  await expect(faulty.append(log, 1, [second])).rejects.toThrow(fault);
  expect(faulty.hasFired()).toBe(true);
  expect(faulty.hasCrashed()).toBe(isDead);
  expect((await disk.record(log))!.head).toBe(head);
  const readAgain = await faulty.record(log).then(
    (record) => record?.head,
    () => 'dead',
  );
  expect(readAgain).toBe(isDead ? 'dead' : head);
});
