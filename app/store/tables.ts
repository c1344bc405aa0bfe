import type { ConversationId, MessageId, OpId, UserId } from '#sync-protocol';
import type { Observable } from '../sync/state.ts';
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

export interface Table<Row, Key> {
  get(key: Key): Promise<Row | undefined>;
  getMany(keys: readonly Key[]): Promise<readonly (Row | undefined)[]>;
  put(row: Row): Promise<void>;
  putMany(rows: readonly Row[]): Promise<void>;
  remove(keys: readonly Key[]): Promise<void>;
  /** In the order of keys. */
  all(): Promise<readonly Row[]>;
}

/** A table whose keys are strings that start with what the row is about. */
export interface PrefixTable<Row> extends Table<Row, string> {
  startingWith(prefix: string): Promise<readonly Row[]>;
}

export type Orders = {
  readonly from: number;
  readonly to: number;
  readonly limit?: number;
  /** The newest `limit` instead of the oldest. Ascending either way. */
  readonly newest?: boolean;
};

export interface MessageTable extends Table<MessageRecord, MessageId> {
  between(conversation: ConversationId, orders: Orders): Promise<readonly MessageRecord[]>;
}

/** What one transaction sees. */
export interface Tables {
  readonly meta: Table<MetaRecord, string>;
  readonly conversations: Table<ConversationRecord, ConversationId>;
  readonly messages: MessageTable;
  readonly outbox: Table<OutboxRecord, number>;
  readonly registers: PrefixTable<RegisterRecord>;
  readonly people: Table<PersonRecord, UserId>;
  readonly receipts: PrefixTable<ReceiptRecord>;
  readonly drafts: Table<DraftRecord, ConversationId>;
  readonly cancelled: Table<CancelledRecord, OpId>;
  readonly raw: PrefixTable<RawRecord>;
}
export type TableName = keyof Tables;

/**
 * Where rows are kept. `write` is one durable transaction: all of it or, when `work` throws, nothing. `work` awaits nothing
 * but its tables. `observe` calls `next` with a first result and again whenever what was read has changed; `isAtRest` once
 * everything that is observed has been answered.
 */
export interface Backend {
  readonly kind: 'disk' | 'memory';
  write<T>(names: readonly TableName[], work: (tables: Tables) => Promise<T>): Promise<T>;
  read<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  observe<T>(work: (tables: Tables) => Promise<T>, listener: { next(value: T): void; error(error: unknown): void }): () => void;
  isAtRest(): boolean;
  /** Whether reading fails just now; it is tried again. */
  readonly disk: Observable<{ readonly isAway: boolean }>;
  close(): void;
  /** Deletes everything, for good. */
  wipe(): Promise<void>;
}
