import type { ConversationId, MessageId } from '#sync-protocol';
import { messageIdSchema } from '#sync-protocol';

/** Where one was reading, per conversation, so that a restart opens there. Small and soon outdated: not worth the database. */
const storageKey = 'chatter.places';
const placesMax = 200;

let places: Map<string, string> | undefined;

export function keptPlace(conversation: ConversationId): MessageId | undefined {
  const place = messageIdSchema.safeParse(read().get(conversation));
  return place.success ? place.data : undefined;
}

/** `undefined`: at the end, which is where a conversation opens anyway. */
export function keepPlace(conversation: ConversationId, message: MessageId | undefined): void {
  const held = read();
  if (held.get(conversation) === message) return;
  held.delete(conversation);
  if (message !== undefined) held.set(conversation, message);
  try {
    localStorage.setItem(storageKey, JSON.stringify([...held].slice(-placesMax)));
  } catch {
    // Storage is denied: the place lasts until the tab closes.
  }
}

function read(): Map<string, string> {
  places ??= parse();
  return places;
}

function parse(): Map<string, string> {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return new Map(Array.isArray(entries) ? entries.filter(isPair) : []);
  } catch {
    return new Map();
  }
}

const isPair = (entry: unknown): entry is [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
