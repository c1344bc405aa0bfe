import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { useEffect, useRef } from 'react';
import type { ConversationId, OpId } from '#sync-protocol';
import type { News } from '../../store/queries/news.ts';
import { useOutbox } from '../../store/queries/queries.ts';
import { useSaid, type Said } from '../../store/queries/said.ts';
import { spokenMax, spokenText, type SpokenLine } from '../../ui/spoken.tsx';
import { parkedWords, type ParkedReason } from '../frame/refusal-words.ts';
import { noticeOf } from './notice-of.ts';
import type { Aloud } from './use-aloud.ts';

/**
 * For whoever does not see the screen: what others say in the conversation that is open, and what of one's own was not
 * taken. Not what is edited, confirmed or read, and not what scrolling brings.
 */
export function useSaidAloud(open: ConversationId | undefined, aloud: Aloud, isTold: () => boolean): void {
  const { i18n } = useLingui();
  useSaid(open, (said) => {
    // Of a conversation that nobody sees the system has told.
    if (open !== undefined && (document.visibilityState === 'visible' || !isTold()))
      aloud.said(open, linesOf(said, i18n), said.length);
  });
  useRefused(aloud.say);
}

export function linesOf(said: readonly Said[], i18n: I18n): readonly SpokenLine[] {
  if (said.length > spokenMax) {
    const words = i18n._('{count, plural, one {# new message} other {# new messages}}', { count: said.length });
    return [{ key: `up to ${said.at(-1)?.message}`, words }];
  }
  return said.map(({ message, byName, text }) => ({
    key: message,
    words: inWords(byName, text ?? i18n._('A message this version cannot show'), i18n),
  }));
}

/** What came in a conversation that is not open, as a notification would say it. */
export function lineOf(news: News, i18n: I18n): SpokenLine {
  const { title, text } = noticeOf(news, { i18n, showsText: true, isSilent: true });
  return { key: news.message, words: inWords(title, text, i18n) };
}

const inWords = (name: string, text: string, i18n: I18n): string => i18n._('{name}: {text}', { name, text: spokenText(text) });

function useRefused(say: Aloud['say']): void {
  const { i18n } = useLingui();
  const outbox = useOutbox();
  const known = useRef<ReadonlyMap<OpId, ParkedReason>>(undefined);
  const turn = useRef(0);
  useEffect(() => {
    if (!outbox) return;
    const parked = new Map(outbox.flatMap(({ opId, state }) => (state.at === 'parked' ? [[opId, state.refusal] as const] : [])));
    const before = known.current;
    known.current = parked;
    // What waits for a decision since yesterday is in the outbox and on its row.
    if (!before) return;
    for (const [opId, reason] of parked) {
      if (before.has(opId)) continue;
      // It may be tried again and refused again.
      const key = `refused ${opId} ${(turn.current += 1)}`;
      say([{ key, words: i18n._('Not sent: {reason}', { reason: parkedWords(i18n, reason) }) }]);
    }
  }, [outbox, say, i18n]);
}
