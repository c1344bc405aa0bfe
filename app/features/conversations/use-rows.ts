import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { useMemo, useState } from 'react';
import type { ConversationId, UserId } from '#sync-protocol';
import { useDrafts } from '../../store/queries/drafts.ts';
import type { ConversationItem } from '../../store/queries/queries.ts';
import type { Preview } from '../../ui/conversation-row.tsx';
import type { MessageState } from '../../ui/list-item.ts';
import { createReuse } from '../../ui/reuse.ts';
import { useFrame } from '../frame/frame.ts';

export type Row = {
  readonly id: ConversationId;
  readonly title: string;
  readonly avatarId: string;
  readonly preview: Preview | undefined;
  readonly timeMs: number | undefined;
  readonly unreadCount: number;
};

/** What each conversation says of itself in the list: a draft first, then the last thing said. */
export function useRows(items: readonly ConversationItem[] | undefined): readonly Row[] | undefined {
  const { i18n } = useLingui();
  const { me } = useFrame();
  const drafts = useDrafts();
  const [reuse] = useState(() => createReuse<Row>(({ id }) => id));
  return useMemo(
    () =>
      items &&
      reuse(
        items.map((item): Row => {
          const { id, title, conversation } = item;
          const draft = drafts?.get(id)?.text.trim();
          return {
            id,
            title: conversation.other === me ? i18n._('Notes to yourself') : title || i18n._('A chat'),
            avatarId: conversation.other ?? id,
            preview: draft ? { kind: 'draft', text: draft } : previewOf(item, i18n, me),
            timeMs: conversation.lastAt > 0 ? conversation.lastAt : undefined,
            unreadCount: conversation.unread,
          };
        }),
      ),
    [items, drafts, i18n, me, reuse],
  );
}

function previewOf(
  { conversation: { kind, preview }, previewBy, pending }: ConversationItem,
  i18n: I18n,
  me: UserId,
): Preview | undefined {
  if (!preview) return undefined;
  if (preview.deleted) return { kind: 'note', text: i18n._('This message was deleted') };
  const isOwn = preview.by === me;
  const from = isOwn ? i18n._('You') : kind === 'group' ? shortName(previewBy) : undefined;
  return {
    kind: 'message',
    text: preview.text ?? i18n._('A message this version cannot show'),
    ...(from !== undefined && from !== '' && { from }),
    ...(isOwn && { state: stateOf(pending) }),
  };
}

function stateOf(pending: ConversationItem['pending']): MessageState {
  return pending === 'parked' ? { at: 'failed', reason: '' } : { at: pending ?? 'sent' };
}

/** "Ingrid" of "Ingrid Berg"; names of scripts without spaces whole. */
const shortName = (name: string): string => name.split(/\s/u)[0] ?? name;
