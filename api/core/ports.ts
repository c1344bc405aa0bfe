/** Everything the core needs of the world. Adapters implement these; the core imports nothing else. */
import type {
  Chain,
  ConversationId,
  ConversationState,
  Down,
  LogEvent,
  LogId,
  Marks,
  MessageFold,
  MessageId,
  OpId,
  Profile,
  Receipt,
  Register,
  Seq,
  Span,
  UserId,
} from '#sync-protocol';

/** An event as it is stored: what goes over the wire, and the keyed hash that recognises its op. */
export type StoredEvent = LogEvent & { readonly bodyHash: string };

/** One person in one conversation. A former member has no role. `spans` in order of time. */
export type Membership = {
  readonly user: UserId;
  readonly log: LogId;
  readonly revised: Seq;
  readonly role?: 'owner' | 'member';
  readonly spans: readonly Span[];
  /** This person's messages up to the log's head. */
  readonly ownMessages: number;
};

/** A message as projected: its fold, and its place among all messages and among its author's. Both count from 1. */
export type ProjectedMessage = MessageFold & { readonly ordinal: number; readonly authorOrdinal: number };

/** What is known of a log without reading it: a projection. */
export type LogRecord = {
  readonly log: LogId;
  readonly head: Seq;
  readonly chain: Chain;
  readonly lastAt: number;
  /** The store's time of the last write. */
  readonly changedAt: number;
  readonly messageCount: number;
  readonly roomEpoch: number;
  readonly compactedTo: Seq;
  /** How far the consequences in self logs have been written. */
  readonly relayedTo: Seq;
  /** Absent for a self log. */
  readonly state?: ConversationState;
};

/**
 * What one event changes in the projections. Absolute values, each conditional on `revised < event.seq`, so that
 * writing one twice changes nothing. [FD-10]
 */
export type Effect =
  | { readonly kind: 'message'; readonly message: ProjectedMessage }
  | { readonly kind: 'membership'; readonly membership: Membership }
  | { readonly kind: 'register'; readonly register: Register }
  | { readonly kind: 'mention'; readonly user: UserId; readonly seq: Seq }
  /** In a self log: how its person appears to others is another since then. [PR-2] */
  | { readonly kind: 'profile'; readonly at: number }
  /** The payload of an earlier event (or of this one: an edit of a deleted message) is superseded for good. */
  | { readonly kind: 'blank'; readonly seq: Seq };

/** An event about to be stored, with everything that follows from it. `record` is the log's record just after it, but for `changedAt` and `relayedTo`. */
export type NewEvent = {
  readonly event: StoredEvent;
  readonly effects: readonly Effect[];
  readonly record: Omit<LogRecord, 'changedAt' | 'relayedTo'>;
  /** It has consequences in self logs: `relayedTo` stays below it until `markRelayed`. While nothing waits, `relayedTo` moves with the head. */
  readonly relays: boolean;
};

/** Who changed their profile, and when last. */
export type ProfileChange = { readonly user: UserId; readonly at: number };

export type ConversationOfUser = { readonly record: LogRecord; readonly membership: Membership };

/** Of one conversation what a root needs, and nothing that grows with its members. */
export type RootPart = Pick<LogRecord, 'log' | 'head' | 'chain'> & Pick<Membership, 'role' | 'spans'>;

/**
 * The log and its projections. One contract suite (tests/contract/event-log.ts), every adapter passes it.
 * All reads see every append that resolved before they were called, and every event that an earlier read showed: an adapter
 * whose projections may lag folds forward first.
 */
export interface EventLog {
  /**
   * Stores a prefix of `events` at `after + 1, after + 2 …`, in order and durably, with their effects, and answers how many.
   * Fewer than all: somebody appended first, or an op is there already; read on from `after` and decide again.
   * A throw means "unknown": read on from `after` too. Never leaves a hole, never stores an op twice. [SQ-1]
   */
  append(log: LogId, after: Seq, events: readonly NewEvent[]): Promise<number>;
  /** Raises `relayedTo` to `seq` (never lowers it). */
  markRelayed(log: LogId, seq: Seq): Promise<void>;

  record(log: LogId): Promise<LogRecord | undefined>;
  /** Events with `after < seq`, in order, at most `limit`. */
  read(log: LogId, after: Seq, limit: number): Promise<readonly StoredEvent[]>;
  /** The chain at `seq`: 16 zeros at 0, `undefined` above the head. */
  chainAt(log: LogId, seq: Seq): Promise<Chain | undefined>;
  findOps(log: LogId, opIds: readonly OpId[]): Promise<readonly StoredEvent[]>;

  messages(log: LogId, ids: readonly MessageId[]): Promise<readonly ProjectedMessage[]>;
  /** Messages created in [from, to] (by creation seq), at most `limit`, ascending, or the newest first when `newest`. */
  messagesIn(log: LogId, from: Seq, to: Seq, limit: number, newest: boolean): Promise<readonly ProjectedMessage[]>;
  /** Counts of messages, and of `user`'s own, created at or below `seq`. */
  marksAt(log: LogId, user: UserId, seq: Seq): Promise<Marks>;
  /** Seqs above `after` in which `user` was mentioned, at most `limit`, ascending. */
  mentions(log: LogId, user: UserId, after: Seq, limit: number): Promise<readonly Seq[]>;

  membership(log: LogId, user: UserId): Promise<Membership | undefined>;
  /** Present and former members. */
  memberships(log: LogId): Promise<readonly Membership[]>;
  /** All conversations `user` is or was in, whose record changed at or after `changedSince` (0: all), unordered. */
  conversationsOf(user: UserId, changedSince: number): Promise<readonly ConversationOfUser[]>;
  /** The same of all conversations, each without its state. */
  rootPartsOf(user: UserId): Promise<readonly RootPart[]>;
  /** In the order of their keys; only those whose key begins with `prefix`, if one is given. */
  registers(user: UserId, prefix?: string): Promise<readonly Register[]>;
  register(user: UserId, key: string): Promise<Register | undefined>;
  /** Of `user` and whom they share a conversation with now or have as a contact, either way: who changed their profile at or after `since`. */
  profilesChanged(user: UserId, since: number): Promise<readonly ProfileChange[]>;

  /** Logs whose relays have not all been written, for repair at start. */
  unrelayed(): Promise<readonly LogRecord[]>;
  /** Store-wide facts: `storeEpoch` (random at creation, changed by a restore) and `opHashKey` (hex). */
  meta(): Promise<{ readonly storeEpoch: string; readonly opHashKey: string }>;
}

/** The disk has no room: nothing was stored. Reads go on, and writes too as soon as there is room again. [SQ-8] */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';
}

/** The disk lied or failed: what this write did is unknown, and the store takes no other until the process is started anew. [SQ-9] */
export class StorageBrokenError extends Error {
  override readonly name = 'StorageBrokenError';
}

/** A keyed and a plain digest. Sync, because the writer decides between two awaits. */
export interface Hashes {
  /** The first 16 hex digits of SHA-256. */
  short(text: string): string;
  /** 16 bytes of SHA-256. */
  digest(text: string): Uint8Array;
  /** HMAC-SHA-256 with the store's key, hex. */
  keyed(text: string): string;
}

export interface Clock {
  /** Wall time, milliseconds since 1970. */
  now(): number;
}

/** Facts about people that a decision needs, read before deciding. Their outcome is written into the event. [AU-6] */
export interface Directory {
  /** Which of these people exist. */
  existing(users: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** The person with this number, given in any form a person might type. Refuses with `malformed` when it is no number, `too-fast` beyond the limits. */
  byPhone(phone: string, caller: UserId): Promise<UserId | undefined>;
}

/** A socket room: `c:<conversation>:<roomEpoch>` for its members in that epoch, `u:<user>` for all of one person's devices. [LV-5] */
export type Room = string;

/** What a gateway does for one piece of news, in this order. */
export type LiveStep =
  | { readonly kind: 'deliver'; readonly room: Room; readonly down: Down }
  /** Once to each socket, in however many of these rooms it is. Those who are behind are left out. */
  | { readonly kind: 'spread'; readonly rooms: readonly Room[]; readonly down: Down }
  /** From now on the room of this epoch holds exactly the sockets of these people, and rooms of older epochs hold nobody. */
  | {
      readonly kind: 'move';
      readonly conversation: ConversationId;
      readonly roomEpoch: number;
      readonly members: readonly UserId[];
    };

/** Where a log stands for the root: how far it goes, and the chain there. */
export type LogHead = { readonly head: Seq; readonly chain: Chain };

/**
 * What happened to one log. Plain data: a bus may carry it to other servers. `before` is absent when it is not known what
 * was told earlier (the outcome of an append was in doubt): cached roots of these people are dropped then.
 */
export type News = {
  readonly log: LogId;
  readonly before?: LogHead;
  /** Absent when the log did not move (receipts). */
  readonly after?: LogHead;
  readonly steps: readonly LiveStep[];
};

/** Told after commit. Never awaited, must not throw, may lose anything: nobody learns something only from here. [LV-1] */
export interface Bus {
  tell(news: News): void;
}

/** Waits a moment. Only between attempts, never to order anything. */
export type Pause = (ms: number) => Promise<void>;

/** Uniform in [0, 1). */
export type Random = () => number;

/** A mistake of ours that was answered with `internal` instead of stopping a log for everybody. */
export type ReportBug = (error: unknown) => void;

/** Who people are. */
export interface People {
  /** Those of `users` whom `reader` may see, each as `reader` may see them. Who is missing is unknown or none of theirs. [AC-8] */
  visibleTo(reader: UserId, users: readonly UserId[]): Promise<readonly Profile[]>;
}

/** How far each person received and read, outside the log: the larger always wins. [RC-1] Contract: tests/contract/receipts.ts */
export interface Receipts {
  /** Raises to these and answers the row, or `undefined` when nothing rose. Each row that rose gets the conversation's next version. */
  raise(
    conversation: ConversationId,
    user: UserId,
    to: { readonly delivered: Seq; readonly read: Seq },
  ): Promise<Receipt | undefined>;
  /** Rows with a version above `version`. */
  since(conversation: ConversationId, version: number): Promise<readonly Receipt[]>;
  of(conversation: ConversationId, user: UserId): Promise<Receipt | undefined>;
}

/** Who acts, from the session. */
export type Caller = { readonly user: UserId; readonly device: string };

export type { Marks, Span };
