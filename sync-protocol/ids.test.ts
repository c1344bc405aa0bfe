import { expect, test } from 'vitest';
import {
  conversationIdSchema,
  conversationLog,
  conversationOf,
  deviceOpIdSchema,
  isDirect,
  isSelfLog,
  logIdSchema,
  messageIdSchema,
  opIdSchema,
  ownerOf,
  selfLog,
  userIdSchema,
  type ConversationId,
  type UserId,
} from '#sync-protocol';

const v4 = '0198f2a0-0000-4000-8000-000000000001';
const v7 = '0198f2a0-0000-7000-8000-000000000001';
const v8 = '0198f2a0-0000-8000-8000-000000000001';

test('[ID-1] ids are lower-case UUIDs of version 7 or 8', () => {
  expect(userIdSchema.safeParse(v7).success).toBe(true);
  for (const wrong of [v4, v8, v7.toUpperCase(), `${v7} `, '', 7, null, { $ne: null }]) {
    expect(userIdSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  }
});

test('[ID-2] a conversation is a group by a v7 and direct by a v8', () => {
  expect(conversationIdSchema.safeParse(v4).success).toBe(false);
  expect(isDirect(v7 as ConversationId)).toBe(false);
  expect(isDirect(v8 as ConversationId)).toBe(true);
});

test('[ID-3] a device cannot mint the id of a relay', () => {
  expect(deviceOpIdSchema.safeParse(v8).success).toBe(false);
  expect(opIdSchema.safeParse(v8).success).toBe(true);
});

test('[ID-4] a message has the id of the op that made it', () => {
  expect(messageIdSchema.safeParse(v7).success).toBe(true);
});

test('[ID-1] a log is named after its conversation or its person, and leads back to it', () => {
  const conversation = conversationLog(v8 as ConversationId);
  const self = selfLog(v7 as UserId);
  expect(conversationOf(conversation)).toBe(v8);
  expect(ownerOf(self)).toBe(v7);
  expect([isSelfLog(conversation), isSelfLog(self)]).toEqual([false, true]);
  expect(conversationOf(self)).toBeUndefined();
  expect(ownerOf(conversation)).toBeUndefined();
  expect(logIdSchema.safeParse(conversation).success).toBe(true);
  expect(logIdSchema.safeParse(`u:${v8}`).success).toBe(false);
  expect(logIdSchema.safeParse(`x:${v7}`).success).toBe(false);
});
