import { expect, test } from 'vitest';
import { conversationIdSchema, isDirect } from '../ids.ts';
import { aConversation, aUser } from '../testing.ts';
import { directConversationId, directSeed, isDirectOf, uuidV8 } from './direct.ts';

const digest = Uint8Array.from({ length: 32 }, () => 0xff);

test('[DR-1] two people make the same seed, in either order; with oneself it is one for notes', () => {
  expect(directSeed(aUser(2), aUser(1))).toBe(directSeed(aUser(1), aUser(2)));
  expect(directSeed(aUser(1), aUser(1))).not.toBe(directSeed(aUser(1), aUser(2)));
});

test('[DR-1][ID-2] its id is a version 8 UUID of the digest, which a group’s never is', () => {
  expect(uuidV8(digest)).toBe('ffffffff-ffff-8fff-bfff-ffffffffffff');
  expect(uuidV8(new Uint8Array(16))).toBe('00000000-0000-8000-8000-000000000000');
  const id = directConversationId(digest);
  expect(conversationIdSchema.parse(id)).toBe(id);
  expect([isDirect(id), isDirect(aConversation())]).toEqual([true, false]);
});

test('[DR-2] an id is that of two people only if it is made of their digest', () => {
  const id = directConversationId(digest);
  expect(isDirectOf(id, digest)).toBe(true);
  expect(isDirectOf(id, new Uint8Array(32))).toBe(false);
});
