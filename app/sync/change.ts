import type {
  Answer,
  Chain,
  ConversationId,
  ConversationRow,
  HistoryPage,
  LogPart,
  OpId,
  Profile,
  Receipt,
  Run,
  SelfSnapshot,
  Seq,
  SyncResponse,
  UserId,
} from '#sync-protocol';

/** Everything the engine may ask the disk to apply: one kind a file in app/store/apply. [LS-3] */
export type Change =
  /** Another store answers: nothing is deleted for it, but what it says first is asked in full. */
  | { readonly kind: 'store-epoch'; readonly storeEpoch: string }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly sent: readonly OpId[] }
  /** These were sent and nothing is known of them. */
  | { readonly kind: 'retry'; readonly opIds: readonly OpId[] }
  /** Too large even alone. */
  | { readonly kind: 'park'; readonly opId: OpId }
  | { readonly kind: 'self-run'; readonly run: Run }
  | { readonly kind: 'self-snapshot'; readonly snapshot: SelfSnapshot; readonly storeEpoch: string }
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'window'; readonly window: LogPart & { kind: 'window' } }
  | { readonly kind: 'reset'; readonly reset: LogPart & { kind: 'reset' } }
  | { readonly kind: 'gone'; readonly gone: LogPart & { kind: 'gone' } }
  | { readonly kind: 'unknown'; readonly conversation: ConversationId }
  | { readonly kind: 'fill'; readonly conversation: ConversationId; readonly page: HistoryPage; readonly spans: string }
  | {
      readonly kind: 'rows';
      readonly rows: readonly ConversationRow[];
      readonly bootstrap?: { readonly next: string | undefined };
    }
  /** `all`: what is not among them is not in the server's list. */
  | { readonly kind: 'heads'; readonly heads: readonly (readonly [ConversationId, Seq, Chain])[]; readonly all?: boolean }
  /** `asked`: of those who are not among them there is none to be had. `changed`: who changed theirs, and when. */
  | {
      readonly kind: 'people';
      readonly people: readonly Profile[];
      readonly asked?: readonly UserId[] | undefined;
      readonly changed?: SyncResponse['peopleChanged'];
    }
  /** As it was pushed: without a number, whether or not one may be seen. */
  | { readonly kind: 'profile'; readonly profile: Omit<Profile, 'phone'> }
  | { readonly kind: 'receipts'; readonly receipts: readonly { conversation: ConversationId; people: readonly Receipt[] }[] }
  /** The end of a sync that changed something: where the next one's hint starts. */
  | { readonly kind: 'synced'; readonly since: number };
export type ChangeKind = Change['kind'];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { kind: K }>;
