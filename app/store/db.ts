import { Dexie, type Table } from 'dexie';
import type { ConversationId, MessageId, OpId, UserId } from '#sync-protocol';
import type {
  CancelledRecord,
  ConversationRecord,
  DraftRecord,
  MessageRecord,
  MetaRecord,
  OutboxRecord,
  PersonRecord,
  RawRecord,
  ReceiptRecord,
  RegisterRecord,
} from './rows.ts';

/** Another account's rows are in another database: its outbox is never sent for this one. */
export const databaseName = (user: UserId): string => `chatter-${user}`;

export class ChatterDb extends Dexie {
  declare meta: Table<MetaRecord, string>;
  declare conversations: Table<ConversationRecord, ConversationId>;
  declare messages: Table<MessageRecord, MessageId>;
  declare outbox: Table<OutboxRecord, number>;
  declare registers: Table<RegisterRecord, string>;
  declare people: Table<PersonRecord, UserId>;
  declare receipts: Table<ReceiptRecord, string>;
  declare drafts: Table<DraftRecord, ConversationId>;
  declare cancelled: Table<CancelledRecord, OpId>;
  declare raw: Table<RawRecord, string>;

  constructor(name: string) {
    // Chrome's default durability may lose a committed write on power loss, and a staged op may not be lost. Dexie's cache
    // has shown rows twice and results of transactions that failed: every query reads the disk.
    super(name, { chromeTransactionDurability: 'strict', cache: 'disabled' });
    this.version(1).stores({
      meta: 'key',
      conversations: 'id',
      messages: 'id, [conversationId+order]',
      outbox: 'n',
      registers: 'key',
      people: 'id',
      receipts: 'key',
      drafts: 'conversationId',
      cancelled: 'opId',
      raw: 'key',
    });
  }
}
