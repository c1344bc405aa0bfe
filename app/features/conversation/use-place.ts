import { useState } from 'react';
import type { MessageId } from '#sync-protocol';
import { useMessages, type ConversationView, type MessagesView } from '../../store/queries/queries.ts';
import { unreadKey } from './message-items.ts';
import { keptPlace } from './places.ts';

export type Place = {
  readonly held: MessagesView | undefined;
  readonly unread: { readonly after: number; readonly count: number } | undefined;
  /** The item the list opens at; the newest otherwise. */
  readonly startKey: string | undefined;
  /** Where what is held does not go to the newest: a way there. */
  readonly toNewest: (() => void) | undefined;
};

/**
 * A conversation opens at the message its address names, or where it was left, or at what is new. Whoever writes a message
 * goes to the newest, however far away that is.
 */
export function usePlace({ id, unread, readTo }: ConversationView, target: MessageId | undefined, written: number): Place {
  const [place, setPlace] = useState(() => target ?? keptPlace(id));
  const [unreadThen, setUnreadThen] = useState(unread > 0 ? { after: readTo, count: unread } : undefined);
  const [writtenBefore, setWrittenBefore] = useState(written);
  const held = useMessages(id, place);
  const toNewest = () => {
    setPlace(undefined);
    setUnreadThen(undefined);
  };
  if (written !== writtenBefore) {
    setWrittenBefore(written);
    if (held?.hasNewer) toNewest();
  }
  return {
    held,
    unread: unreadThen,
    startKey: held?.place ?? (unreadThen && unreadKey),
    toNewest: held?.hasNewer ? toNewest : undefined,
  };
}
