import type { Receipts } from '../../core/ports.ts';
import type { RoomCalls } from './rooms.ts';

/** `Receipts` over the receipts room. */
export function createSqliteReceipts({ read, write }: RoomCalls): Receipts {
  return {
    raise: (conversation, user, to) => write('receipts', 'raise', conversation, user, to),
    since: (conversation, version) => read('receipts', 'since', conversation, version),
    of: (conversation, user) => read('receipts', 'of', conversation, user),
  };
}
