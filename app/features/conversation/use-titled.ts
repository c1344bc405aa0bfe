import { useLingui } from '@lingui/react';
import { useMemo } from 'react';
import type { ConversationId } from '#sync-protocol';
import { useConversation, type ConversationView } from '../../store/queries/queries.ts';
import { useFrame } from '../frame/frame.ts';

/** The conversation, with something to call it: one's own notes, and what has no name yet. */
export function useTitled(id: ConversationId): ConversationView | null | undefined {
  const { i18n } = useLingui();
  const { me } = useFrame();
  const conversation = useConversation(id);
  return useMemo(() => {
    if (!conversation) return conversation;
    const title = conversation.other === me ? i18n._('Notes to yourself') : conversation.title || i18n._('A chat');
    return { ...conversation, title };
  }, [conversation, i18n, me]);
}
