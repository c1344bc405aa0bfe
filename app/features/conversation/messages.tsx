import { useLingui } from '@lingui/react';
import { Copy, Hand, Link, Pencil, Share2, Trash2 } from 'lucide-react';
import { Suspense, useCallback, useMemo, useState } from 'react';
import type { MessageId, OpId } from '#sync-protocol';
import { useOutbox, type ConversationView, type Persons } from '../../store/queries/queries.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { ListItem, MessageView } from '../../ui/list-item.ts';
import type { MenuItem } from '../../ui/menu.tsx';
import { MessageList } from '../../ui/message-list.tsx';
import { createReuse } from '../../ui/reuse.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { copyText } from '../frame/copy.ts';
import { useFrame } from '../frame/frame.ts';
import { lazyScreen } from '../frame/lazy.ts';
import { addressOf, canShare, share } from '../frame/share.ts';
import { useNow } from '../frame/now.ts';
import { paths } from '../frame/paths.ts';
import type { ParkedReason } from '../frame/refusal-words.ts';
import type { Editing } from './composer-bar.tsx';
import { toListItems } from './message-items.ts';
import { keepPlace } from './places.ts';
import { useGaps } from './use-gaps.ts';
import { usePlace, type Around } from './use-place.ts';
import { useReading } from './use-reading.ts';

const DeleteDialog = lazyScreen(async () => (await import('./delete-dialog.tsx')).DeleteDialog);

export type MessagesProps = {
  readonly conversation: ConversationView;
  readonly around: Around;
  readonly persons: Persons;
  /** A message the address names: opened there, and shown. */
  readonly target: MessageId | undefined;
  /** How many messages were written here: each leads to the end. */
  readonly written: number;
  readonly onEdit: (editing: Editing) => void;
  /** The focus goes on from the last message. Whether something took it. */
  readonly onFocusPastEnd: () => boolean;
};

export function Messages(props: MessagesProps) {
  // Another message that an address names is another list with a place of its own.
  return <MessagesHere key={props.target ?? ''} {...props} />;
}

function MessagesHere({ conversation, around, persons, target, written, onEdit, onFocusPastEnd }: MessagesProps) {
  const { id } = conversation;
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const nowMs = useNow();
  const { held } = around;
  const { unread, startKey, toNewest } = usePlace(conversation, around, written);
  const gaps = useGaps(id, held);
  const read = useReading(id);
  const parked = useParked();
  const [deleting, setDeleting] = useState<MessageId>();
  const [reuse] = useState(() => createReuse<ListItem>(({ key }) => key));
  const items = useMemo(
    () => held && reuse(toListItems(held.items, { i18n, me, nameOf: persons.nameOf, parked, loads: gaps.loads, unread })),
    [held, i18n, me, persons, parked, gaps.loads, unread, reuse],
  );
  const actionsFor = useActions(conversation, onEdit, setDeleting);
  const sendAgain = useCallback((message: string) => void commands.sendAgain(message as OpId), [commands]);
  const discard = useCallback((message: string) => void commands.discard(message as OpId), [commands]);

  if (!items || !held) return <SkeletonRows kind="message" />;
  if (items.length === 0) {
    return (
      <div className="grid h-full place-content-center">
        <EmptyState icon={Hand} title={i18n._('No messages yet')} text={i18n._('Say hello.')} isOnWash />
      </div>
    );
  }
  const shown = (onScreen: readonly ListItem[], isAtEnd: boolean) => {
    gaps.show(onScreen.map(({ key }) => key));
    keepPlace(id, isAtEnd ? undefined : firstMessage(onScreen));
    const seqs = onScreen.flatMap(({ key }) => held.othersSeqs.get(key) ?? []);
    // Unread messages that are not on this device were not seen, unless the reader went past them to the end.
    const isPastHole = held.items.some(
      (item) => item.kind === 'hole' && item.to > conversation.readTo && item.to < Math.max(...seqs),
    );
    if (seqs.length > 0 && (isAtEnd || !isPastHole)) read(Math.max(...seqs));
  };
  return (
    <>
      <MessageList
        key={held.place ?? 'newest'}
        items={items}
        isGroup={conversation.kind === 'group'}
        nowMs={nowMs}
        startKey={startKey}
        highlightKey={target}
        onReachStart={held.loadOlder}
        onReachEnd={held.loadNewer}
        onJump={toNewest}
        onLoadHole={gaps.load}
        onShow={shown}
        actionsFor={actionsFor}
        onFocusPastEnd={onFocusPastEnd}
        onRetry={sendAgain}
        onDiscard={discard}
      />
      {deleting && (
        <Suspense>
          <DeleteDialog onClose={() => setDeleting(undefined)} onDelete={() => void commands.deleteMessage(id, deleting)} />
        </Suspense>
      )}
    </>
  );
}

const firstMessage = (items: readonly ListItem[]): MessageId | undefined =>
  items.find((item) => item.kind === 'message')?.key as MessageId | undefined;

/** Why messages were not taken, by id. */
function useParked(): ReadonlyMap<OpId, ParkedReason> {
  const outbox = useOutbox();
  return useMemo(
    () => new Map((outbox ?? []).flatMap(({ opId, state }) => (state.at === 'parked' ? [[opId, state.refusal] as const] : []))),
    [outbox],
  );
}

function useActions(conversation: ConversationView, onEdit: (editing: Editing) => void, onDelete: (id: MessageId) => void) {
  const { i18n } = useLingui();
  const { toast } = useFrame();
  const { id: conversationId, isFormer, isOwner } = conversation;
  return useCallback(
    (message: MessageView): readonly MenuItem[] => {
      if (message.isDeleted) return [];
      const id = message.id as MessageId;
      const mayChange = !isFormer && message.state.at !== 'failed';
      const copy = async (text: string, copied: string) => {
        toast({ text: (await copyText(text)) ? copied : i18n._('The browser did not allow copying.') });
      };
      const link = addressOf(paths.message(conversationId, id));
      const items: MenuItem[] = [
        { id: 'copy', label: i18n._('Copy text'), icon: Copy, onSelect: () => void copy(message.text, i18n._('Copied')) },
      ];
      // What nobody has taken yet has no place that others could open.
      if (message.state.at === 'sent') {
        const copied = i18n._('Link copied. It opens for people in this chat.');
        items.push({ id: 'link', label: i18n._('Copy link'), icon: Link, onSelect: () => void copy(link, copied) });
      }
      if (canShare()) {
        items.push({ id: 'share', label: i18n._('Share'), icon: Share2, onSelect: () => void share(message.text) });
      }
      if (mayChange && message.isOwn) {
        items.push({
          id: 'edit',
          label: i18n._('Edit'),
          icon: Pencil,
          onSelect: () => onEdit({ message: id, text: message.text }),
        });
      }
      if (mayChange && (message.isOwn || isOwner)) {
        items.push({ id: 'delete', label: i18n._('Delete'), icon: Trash2, isDestructive: true, onSelect: () => onDelete(id) });
      }
      return items;
    },
    [i18n, toast, conversationId, isFormer, isOwner, onEdit, onDelete],
  );
}
