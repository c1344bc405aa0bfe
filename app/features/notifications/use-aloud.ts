import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { useEffect, useMemo, useRef } from 'react';
import type { ConversationId } from '#sync-protocol';
import type { SpokenLine } from '../../ui/spoken.tsx';

export type Aloud = {
  readonly say: (lines: readonly SpokenLine[]) => void;
  /** What came in the conversation that is open, and how many messages that is. */
  readonly said: (open: ConversationId, lines: readonly SpokenLine[], count: number) => void;
  /** What came in another; the line itself says how much is unread there. */
  readonly news: (conversation: ConversationId, line: SpokenLine) => void;
  /** All others were read, here or elsewhere. */
  readonly keepOnly: (unread: ReadonlySet<ConversationId>) => void;
};

/** What came while nobody listened: the last line of each conversation, and for how many it stands. */
export type Missed = ReadonlyMap<ConversationId, { readonly last: SpokenLine; readonly count: number }>;

/**
 * A tab that nobody sees says nothing: what it added to the page would be read out all at once when it is in front again,
 * over what the person came back for. They hear one line then, of what is still unread.
 */
export function useAloud(say: Aloud['say']): Aloud {
  const { i18n } = useLingui();
  const missed = useRef<Missed>(new Map());
  const waiting = useRef<readonly SpokenLine[]>([]);
  useEffect(() => {
    const comeBack = () => {
      if (document.visibilityState !== 'visible') return;
      say([...waiting.current, ...summaryOf(missed.current, i18n)]);
      waiting.current = [];
      missed.current = new Map();
    };
    document.addEventListener('visibilitychange', comeBack);
    return () => document.removeEventListener('visibilitychange', comeBack);
  }, [say, i18n]);
  return useMemo(() => {
    const isSeen = () => document.visibilityState === 'visible';
    const miss = (conversation: ConversationId, last: SpokenLine, count: number) =>
      (missed.current = new Map(missed.current).set(conversation, { last, count }));
    return {
      say: (lines) => {
        if (isSeen()) say(lines);
        else waiting.current = [...waiting.current, ...lines];
      },
      said: (open, lines, count) => {
        const last = lines.at(-1);
        if (isSeen()) say(lines);
        else if (last) miss(open, last, count + (missed.current.get(open)?.count ?? 0));
      },
      news: (conversation, line) => {
        if (isSeen()) say([line]);
        else miss(conversation, line, 1);
      },
      keepOnly: (unread) => (missed.current = new Map([...missed.current].filter(([conversation]) => unread.has(conversation)))),
    };
  }, [say]);
}

/** At most one line, however much there was. */
export function summaryOf(missed: Missed, i18n: I18n): readonly SpokenLine[] {
  const [first, ...more] = missed.values();
  if (!first) return [];
  const key = `back at ${first.last.key}`;
  if (more.length > 0) {
    const words = i18n._('{count, plural, one {New messages in # chat} other {New messages in # chats}}', { count: missed.size });
    return [{ key, words }];
  }
  if (first.count === 1) return [first.last];
  return [{ key, words: i18n._('{count, plural, one {# new message} other {# new messages}}', { count: first.count }) }];
}
