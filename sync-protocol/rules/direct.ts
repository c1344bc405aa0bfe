import { isDirect, type ConversationId, type UserId } from '../ids.ts';

/** What the id of a direct conversation is made from: its two people, sorted, so that both make the same one offline. [DR-1] */
export function directSeed(one: UserId, other: UserId): string {
  const [first, second] = [one, other].toSorted() as [UserId, UserId];
  return `direct:${first}:${second}`;
}

/** A UUIDv8 (RFC 9562 §5.8) of the first 16 bytes of a digest. */
export function uuidV8(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The direct conversation of two people (with oneself: notes), given the SHA-256 of `directSeed`. [DR-1] */
export const directConversationId = (digest: Uint8Array): ConversationId => uuidV8(digest) as ConversationId;

/** Whether `id` is the direct conversation whose seed has this digest. [DR-2] */
export const isDirectOf = (id: ConversationId, digest: Uint8Array): boolean =>
  isDirect(id) && id === directConversationId(digest);
