import { useCallback, useEffect, useRef } from 'react';
import type { ConversationId, Seq } from '#sync-protocol';
import { useCommands } from '../frame/frame.ts';

/** Moves the read marker to what was really seen: on screen, in a tab that is in front. [UN-2] */
export function useReading(conversation: ConversationId): (seq: Seq) => void {
  const commands = useCommands();
  const seen = useRef<Seq>(0);
  const marked = useRef<Seq>(0);
  const mark = useCallback(() => {
    if (document.visibilityState !== 'visible' || seen.current <= marked.current) return;
    const before = marked.current;
    marked.current = seen.current;
    // The disk is full: it is marked with the next that is seen.
    commands.markRead(conversation, seen.current).catch(() => (marked.current = before));
  }, [commands, conversation]);
  useEffect(() => {
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [mark]);
  return useCallback(
    (seq) => {
      // A hidden tab shows nothing to anybody; what it holds on screen counts when it comes to the front.
      seen.current = Math.max(seen.current, seq);
      mark();
    },
    [mark],
  );
}
