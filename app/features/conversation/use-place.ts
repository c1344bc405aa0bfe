import { useState } from 'react';
import type { ConversationId, MessageId } from '#sync-protocol';
import { useMessages, type ConversationView, type MessagesView } from '../../store/queries/queries.ts';
import { unreadKey } from './message-items.ts';
import { keptPlace } from './places.ts';

export type Around = { readonly held: MessagesView | undefined; readonly leave: () => void };

export type Place = {
  readonly unread: { readonly after: number; readonly count: number } | undefined;
  /** The item the list opens at; the newest otherwise. */
  readonly startKey: string | undefined;
  /** Where what is held does not go to the newest: a way there. */
  readonly toNewest: (() => void) | undefined;
};

/**
 * The messages around where a conversation opens: at the one its address names, or where it was left, or at the newest. They do
 * not wait for the conversation itself: what is asked for at once is read at once. Whoever writes a message goes to the newest,
 * however far away that is.
 */
export function useAround(id: ConversationId, target: MessageId | undefined, written: number): Around {
  const [at, setAt] = useState(() => ({ target, written, place: target ?? keptPlace(id) }));
  const held = useMessages(id, at.place);
  if (at.target !== target) setAt({ target, written, place: target ?? keptPlace(id) });
  else if (at.written !== written) setAt({ target, written, place: held?.hasNewer ? undefined : at.place });
  return { held, leave: () => setAt({ target, written, place: undefined }) };
}

/** The list begins there, or at what is new. */
export function usePlace({ unread, readTo }: ConversationView, { held, leave }: Around, written: number): Place {
  const [unreadThen, setUnreadThen] = useState(unread > 0 ? { after: readTo, count: unread } : undefined);
  const [writtenBefore, setWrittenBefore] = useState(written);
  if (written !== writtenBefore) {
    setWrittenBefore(written);
    if (held?.hasNewer) setUnreadThen(undefined);
  }
  const toNewest = () => {
    leave();
    setUnreadThen(undefined);
  };
  return {
    unread: unreadThen,
    startKey: held?.place ?? (unreadThen && unreadKey),
    toNewest: held?.hasNewer ? toNewest : undefined,
  };
}
