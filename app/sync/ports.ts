/** Everything the engine needs of the world. Adapters implement these; the engine imports nothing else. */
import type {
  Answer,
  Chain,
  ConversationId,
  Down,
  HistoryPage,
  LogId,
  MessageId,
  Op,
  OpId,
  OutboxState,
  RefusalCode,
  Seq,
  SyncRequest,
  SyncResponse,
  Up,
  UserId,
} from '#sync-protocol';
import type { Change } from './change.ts';

/** What the engine keeps in mind of each conversation, so that a sync reads no disk. */
export type ConversationHead = {
  readonly id: ConversationId;
  readonly watermark: Seq;
  readonly chain: Chain;
  readonly knownHead: Seq;
  readonly knownChain: Chain;
  /** No message range is held. */
  readonly empty: boolean;
  readonly lastAt: number;
  readonly droppedUpTo: Seq;
  readonly needsRow: boolean;
  /** Its spans, as text: a page asked for under other spans is not applied. */
  readonly spans: string;
};

/** What a leader starts from. */
export type Standpoint = {
  readonly leaderTerm: number;
  readonly storeEpoch: string | undefined;
  readonly self: { readonly watermark: Seq; readonly chain: Chain } | undefined;
  readonly since: number | undefined;
  readonly bootstrap: string | undefined;
  /** Whose profiles were still to be asked for. */
  readonly people: readonly UserId[];
  readonly heads: readonly ConversationHead[];
};

export type Committed = {
  readonly kind: 'committed';
  /** Conversations that moved. */
  readonly heads: readonly ConversationHead[];
  /** Conversations that are no more on this device. */
  readonly gone: readonly ConversationId[];
  readonly self?: { readonly watermark: Seq; readonly chain: Chain };
  /** People whom what was stored names. */
  readonly people: readonly UserId[];
  /** Conversations the self log names and this device knows nothing of. */
  readonly unknown: readonly ConversationId[];
  /** Ops became ready to leave. */
  readonly nudge: boolean;
};
export type Rejected = {
  readonly kind: 'rejected';
  readonly why: 'duplicate' | 'gap' | 'fork' | 'broken' | 'stale';
  readonly detail?: string;
};
export type Superseded = { readonly kind: 'superseded' };
export type CommitResult = Committed | Rejected | Superseded;
/** Several changes at once, and what became of each. */
export type CommitAll = (changes: readonly Change[]) => Promise<readonly CommitResult[]>;

export type Outgoing = { readonly opId: OpId; readonly log: LogId; readonly wire: string };
export type OpIds = readonly OpId[];
export type TakeLimit = { readonly ops: number; readonly bytes: number };

/** What commands look at before they make an op. */
export type ConversationFacts = {
  readonly other: UserId | undefined;
  readonly watermark: Seq;
  readonly knownHead: Seq;
  readonly readTo: Seq;
};

/**
 * Everything this device remembers. Two verbs change what a person sees, a third claims what goes out; each is one
 * transaction. Contract: tests/contract/local-store.ts
 */
export interface LocalStore {
  /** Shows the op and queues it. Resolves once it would survive a crash. [LS-1, LS-2] */
  stage(op: Op): Promise<void>;
  /**
   * Applies changes in their order and in one transaction, each with its watermark, or nothing of one that does not fit, or
   * nothing at all when another tab leads. Answers what became of each. [LS-3, LS-4]
   */
  commit(changes: readonly Change[], leaderTerm: number): Promise<readonly CommitResult[]>;
  /** Marks the next ops as sending and returns their stored bytes, in the same transaction. [LS-5] */
  takeNext(take: { leaderTerm: number; limit: TakeLimit; skip: ReadonlySet<LogId> }): Promise<readonly Outgoing[]>;
  /** Takes the next leader term. What was on its way when the last leader stopped is queued again. [LS-4, LS-6] */
  lead(): Promise<Standpoint>;

  /** Sends a parked op, and what waits for it, again: same id, same bytes. */
  sendAgain(opId: OpId): Promise<void>;
  /** Takes an op out of the outbox. One that may have left is remembered, and `undo` is queued should it turn up. [OB-8] */
  discard(opId: OpId, undo: Op | undefined): Promise<void>;
  /** Makes a direct conversation known on this device. */
  openDirect(conversation: ConversationId, other: UserId): Promise<void>;
  saveDraft(conversation: ConversationId, text: string, writtenAtMs: number): Promise<void>;

  facts(conversation: ConversationId): Promise<ConversationFacts | undefined>;
  /** The op of an outbox entry, and whether it may have left. */
  pending(opId: OpId): Promise<{ readonly op: Op; readonly state: OutboxState } | undefined>;
  ownMessageSeq(message: MessageId): Promise<Seq | undefined>;
  /** Of these, which are on screen, the newest events are kept so that a late page can be brought up to date. [AP-11] */
  keepEventsOf(open: ReadonlySet<ConversationId>): void;
  close(): void;
  wipe(): Promise<void>;
}

export type SyncAnswer =
  | { readonly kind: 'ok'; readonly response: SyncResponse }
  | {
      readonly kind: 'refused';
      readonly refusal: RefusalCode;
      readonly retryAfterMs?: number;
      readonly answers?: readonly Answer[];
    }
  /** Nobody answered, or not in time, or with something that is no answer: nothing is known. */
  | { readonly kind: 'unreachable' };

export type HistoryAsk = { readonly conversation: ConversationId; readonly from: Seq; readonly to: Seq; readonly atLeast: Seq };
export type HistoryAnswer =
  | { readonly kind: 'ok'; readonly page: HistoryPage }
  | { readonly kind: 'refused'; readonly refusal: RefusalCode; readonly retryAfterMs?: number }
  | { readonly kind: 'unreachable' };

/** One socket, once: it does not come back by itself. */
export interface Socket {
  /** Sent if it can be now, else forgotten. */
  tell(message: Up): void;
  /** The answers, or `undefined` when none came in time. */
  ask(message: Up & { type: 'ops' }, timeoutMs: number): Promise<readonly Answer[] | undefined>;
  close(): void;
}
export interface SocketHandlers {
  down(message: Down): void;
  /** Said once, also when it never opened. */
  closed(why: 'lost' | 'signed-out' | 'revoked' | 'client-too-old'): void;
}

export interface Transport {
  sync(request: SyncRequest): Promise<SyncAnswer>;
  history(ask: HistoryAsk): Promise<HistoryAnswer>;
  connect(handlers: SocketHandlers): Socket;
}

export interface Clock {
  /** The device's wall time: shown, never compared. */
  now(): number;
  /** Runs `work` once after `ms` of real time, and answers how to prevent it. */
  after(ms: number, work: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export interface Ids {
  /** UUIDv7, each greater than the one before on this device. */
  next(): string;
}

/** SHA-256. */
export type Digest = (text: string) => Promise<Uint8Array>;

/** Which tab owns the engine, and how tabs talk. */
export interface Leadership {
  start(handlers: { lead(): void; lost(): void; heard(message: unknown): void }): void;
  /** Gives the lead away: another tab's term is newer. */
  yield(): void;
  say(message: unknown): void;
  stop(): void;
}

export interface Connectivity {
  isOnline(): boolean;
  /** Calls `changed` when the network may have come or gone, or the app came to the front. */
  watch(changed: () => void): () => void;
}

/** Something that must not happen did: told, never swallowed. */
export type Report = (what: string, detail?: unknown) => void;

export type StorageFault = 'full' | 'closed' | 'blocked' | 'unavailable' | 'failed';

/** The disk said no. `full`: nothing was written, what is there stays readable. `closed`: another version took over, or the browser dropped it. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly fault: StorageFault;

  constructor(fault: StorageFault, options?: ErrorOptions) {
    super(`storage: ${fault}`, options);
    this.fault = fault;
  }
}
