import type {
  Chain,
  ConversationId,
  ConversationRow,
  ConversationState,
  LogEvent,
  LogId,
  Marks,
  MessageFold,
  MessageId,
  Op,
  OpId,
  OutboxState,
  Profile,
  Range,
  Receipt,
  Register,
  Seq,
  UserId,
} from '#sync-protocol';

export type Preview = {
  readonly id: MessageId;
  readonly by: UserId;
  readonly text?: string;
  readonly deleted?: boolean;
  /** Not answered yet. */
  readonly local?: boolean;
};

/** One conversation on this device: what the list shows, and how much of its log is held. One record, so that a commit writes it once. */
export type ConversationRecord = {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group';
  /** The other person of a direct conversation; oneself for notes. */
  readonly other?: UserId;
  readonly title?: string;
  /** The server's row, as it last came. Absent for what was made here and not answered yet. */
  readonly row?: ConversationRow;
  readonly state?: ConversationState;
  /** Everything visible up to here is applied. [WM-1] */
  readonly watermark: Seq;
  readonly chain: Chain;
  /** The most this device has heard of. Never below the watermark. */
  readonly knownHead: Seq;
  readonly knownChain: Chain;
  readonly ranges: readonly Range[];
  /** One's stays, from the self log; absent while it has not said. */
  readonly spans?: readonly { readonly from: Seq; readonly to?: Seq }[];
  /** Removed for oneself up to here. */
  readonly droppedUpTo: Seq;
  /** Messages counted up to `marks.seq`; with the read marker, unread. [UN-1] */
  readonly marks: Marks;
  /** Numbers went by that may have been messages, so the counts must come from the server. [AP-16] */
  readonly needsRow?: true;
  /** What the list sorts by: the last thing said or written here, by whichever clock said it. */
  readonly lastAt: number;
  readonly preview?: Preview;
  readonly unread: number;
};

/** One message on this device. `order` is its seq, or beyond every seq while it has none. Keyed by `id`, so the row stays put when it is confirmed. */
export type MessageRecord = MessageFold & {
  readonly conversationId: ConversationId;
  readonly order: number;
  /** Everything up to here is reflected in it. [WM-6] */
  readonly asOf: Seq;
  /** Of the other people per emoji beyond those listed. */
  readonly moreReactions?: Readonly<Record<string, number>>;
  readonly withheld?: boolean;
  /** Made on this device and not yet in the held log. */
  readonly local?: 'queued' | 'sending' | 'sent' | 'parked';
};

/** Pending messages stand behind every seq, in the order in which they were written. */
export const PENDING_ORDER = 2 ** 45;

export type OutboxRecord = {
  /** Order of the person's actions on this device. */
  readonly n: number;
  readonly opId: OpId;
  readonly log: LogId;
  readonly op: Op;
  /** The bytes that are sent, made once. */
  readonly wire: string;
  readonly state: OutboxState;
  readonly stagedAtMs: number;
  /** A message the server had once. Whether it has it still its answer tells; until then nothing of it is shown. [AP-5] */
  readonly inDoubt?: true;
};

/** `local` is what this device wrote and the server has not answered: it is what the person sees. `revised` is 0 while nothing else is known. */
export type RegisterRecord = Register & {
  readonly local?: { readonly opId: OpId; readonly value: unknown };
  /** Of a contact: the op that added them, which may have known only a number. */
  readonly addedBy?: OpId;
};

export type PersonRecord = Profile;

export type ReceiptRecord = Receipt & { readonly key: string; readonly conversationId: ConversationId };

/** What was typed and not sent. Local to the device. */
export type DraftRecord = { readonly conversationId: ConversationId; readonly text: string; readonly writtenAtMs: number };

/** An op the person took back although it may have left: should its event turn up after all, `undo` is queued. [OB-8] */
export type CancelledRecord = { readonly opId: OpId; readonly undo?: Op };

/** An event this version does not understand, kept for one that does. [FD-9] */
export type RawRecord = { readonly key: string; readonly log: LogId; readonly event: LogEvent };

export type MetaRecord = { readonly key: string; readonly value: unknown };
