import { mergeReceipt, type ConversationId, type Receipt, type UserId } from '#sync-protocol';
import type { Receipts } from '../../core/ports.ts';

/** For tests and the simulator. */
export function createMemoryReceipts(): Receipts {
  const rows = new Map<ConversationId, Map<UserId, Receipt>>();
  const rowsOf = (conversation: ConversationId): ReadonlyMap<UserId, Receipt> => rows.get(conversation) ?? new Map();

  return {
    raise: async (conversation, user, { delivered, read }) => {
      const present = rowsOf(conversation);
      const held = present.get(user);
      const merged = mergeReceipt(held, { user, version: 0, delivered: Math.max(delivered, read), read });
      if (held && merged.delivered === held.delivered && merged.read === held.read) return undefined;
      const version = 1 + Math.max(0, ...[...present.values()].map((row) => row.version));
      const risen = { ...merged, version };
      rows.set(conversation, new Map(present).set(user, risen));
      return risen;
    },
    since: async (conversation, version) => [...rowsOf(conversation).values()].filter((row) => row.version > version),
    of: async (conversation, user) => rowsOf(conversation).get(user),
  };
}
