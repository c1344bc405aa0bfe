import { useMemo } from 'react';
import type { ConversationId } from '#sync-protocol';
import type { DraftRecord } from '../rows.ts';
import { useStored } from './provider.tsx';

/** Everything typed and not sent, by conversation. */
export function useDrafts(): ReadonlyMap<ConversationId, DraftRecord> | undefined {
  const drafts = useStored('drafts', '', (tx) => tx.drafts.all());
  return useMemo(() => drafts && new Map(drafts.map((draft) => [draft.conversationId, draft])), [drafts]);
}
