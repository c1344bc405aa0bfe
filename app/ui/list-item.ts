import type { ReactNode } from 'react';

/**
 * How far an own message has come.
 *
 *   queued ──► sending ──► sent
 *     ▲          │
 *     └──────────┴──► failed   (retry puts it back)
 */
export type MessageState =
  | { readonly at: 'queued' }
  | { readonly at: 'sending' }
  | { readonly at: 'sent' }
  | { readonly at: 'failed'; readonly reason: string };

export type Reaction = { readonly emoji: string; readonly count: number; readonly isMine: boolean };

/** A message as it is shown. Times are numbers; who is who has been decided by the caller. */
export type MessageView = {
  readonly id: string;
  readonly senderId: string;
  readonly senderName: string;
  readonly isOwn: boolean;
  readonly text: string;
  readonly timeMs: number;
  /** When the person wrote it, if the server took it noticeably later. */
  readonly writtenAtMs?: number | undefined;
  readonly state: MessageState;
  readonly isEdited?: boolean | undefined;
  /** A tombstone: `text` is ignored. */
  readonly isDeleted?: boolean | undefined;
  readonly reply?: { readonly senderName: string; readonly text: string } | undefined;
  readonly reactions?: readonly Reaction[] | undefined;
};

export type LoadState = 'idle' | 'loading' | 'failed';

/** One row of a conversation, whatever it is. Keys must survive confirmation: use the client's own id. */
export type ListItem =
  | { readonly kind: 'message'; readonly key: string; readonly message: MessageView }
  | { readonly kind: 'day'; readonly key: string; readonly timeMs: number }
  | { readonly kind: 'unread'; readonly key: string; readonly count: number }
  | { readonly kind: 'hole'; readonly key: string; readonly count: number; readonly load: LoadState }
  | { readonly kind: 'stale'; readonly key: string; readonly load: LoadState }
  | { readonly kind: 'system'; readonly key: string; readonly text: ReactNode }
  | { readonly kind: 'absent'; readonly key: string };
