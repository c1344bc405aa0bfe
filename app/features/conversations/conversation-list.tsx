import { useLingui } from '@lingui/react';
import { MessageSquareDashed, Search, SquarePen, UserPlus } from 'lucide-react';
import { memo, Suspense, useDeferredValue, useMemo, useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import type { ConversationId } from '#sync-protocol';
import { useConversationList, type ConversationFilter } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Chips } from '../../ui/chips.tsx';
import { ConversationRow } from '../../ui/conversation-row.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { PaneHeader } from '../../ui/pane.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useIsShown } from '../frame/frame.ts';
import { useGo } from '../frame/go.ts';
import { lazyScreen } from '../frame/lazy.ts';
import { LinkBanner } from '../frame/link-banner.tsx';
import { matchesWords } from '../frame/matches-words.ts';
import { useNow } from '../frame/now.ts';
import { paths } from '../frame/paths.ts';
import { useRows, type Row } from './use-rows.ts';

const Offers = lazyScreen(async () => (await import('../frame/offers.tsx')).Offers);

export type ConversationListProps = {
  readonly selected?: ConversationId | undefined;
  /** When the list is what is on screen; beside a conversation the banner stands there. */
  readonly hasBanner: boolean;
};

export function ConversationList({ selected, hasBanner }: ConversationListProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const isShown = useIsShown();
  const [filter, setFilter] = useState<ConversationFilter>('all');
  const [words, setWords] = useState<string>();
  const all = useConversationList('all');
  const rows = useRows(useConversationList(filter));
  const wanted = useDeferredValue(words ?? '');
  const shown = useMemo(() => rows?.filter(({ title }) => matchesWords(title, wanted)), [rows, wanted]);
  const unreadChats = all?.filter(({ conversation }) => conversation.unread > 0).length ?? 0;
  const chips = [
    { id: 'all', label: i18n._('All') },
    { id: 'unread', label: i18n._('Unread'), count: unreadChats },
    { id: 'direct', label: i18n._('Direct') },
    { id: 'groups', label: i18n._('Groups') },
  ];
  return (
    <section aria-label={i18n._('Chats')} className="flex h-full min-h-0 flex-col">
      <PaneHeader
        title={i18n._('Chats')}
        actions={
          <>
            <IconButton
              label={i18n._('Find a chat')}
              icon={Search}
              aria-pressed={words !== undefined}
              onClick={() => setWords(words === undefined ? '' : undefined)}
            />
            <IconButton label={i18n._('New chat')} icon={SquarePen} onClick={() => go(paths.newChat)} />
          </>
        }
      />
      {words !== undefined && (
        <div className="px-4 pb-2">
          <SearchField
            label={i18n._('Find a chat')}
            value={words}
            onChange={setWords}
            onEscape={() => setWords(undefined)}
            autoFocus
          />
        </div>
      )}
      {all && all.length > 0 && (
        <Chips
          label={i18n._('Filter')}
          chips={chips}
          selectedId={filter}
          onSelect={(id) => setFilter(id as ConversationFilter)}
        />
      )}
      {hasBanner && <LinkBanner />}
      <Suspense fallback={null}>{isShown && <Offers />}</Suspense>
      <Rows rows={shown} selected={selected} isFiltered={filter !== 'all' || wanted !== ''} />
    </section>
  );
}

type RowsProps = {
  readonly rows: readonly Row[] | undefined;
  readonly selected: ConversationId | undefined;
  readonly isFiltered: boolean;
};

type ListRowProps = { readonly row: Row; readonly nowMs: number; readonly isSelected: boolean };

/** Drawn again only when what it says has changed: the list hears of every message of every chat. */
const ListRow = memo(function ListRow({ row, nowMs, isSelected }: ListRowProps) {
  const go = useGo();
  const href = paths.conversation(row.id);
  return <ConversationRow {...row} href={href} nowMs={nowMs} isSelected={isSelected} onOpen={() => go(href)} />;
});

function Rows({ rows, selected, isFiltered }: RowsProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const nowMs = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  if (!rows) return <SkeletonRows kind="conversation" />;
  if (rows.length === 0 && isFiltered) {
    return (
      <EmptyState
        icon={MessageSquareDashed}
        title={i18n._('No chat like that')}
        text={i18n._('Nothing matches what you chose or typed.')}
      />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={UserPlus}
        title={i18n._('No chats yet')}
        text={i18n._('Add someone by phone number. You can write to them even while you’re offline.')}
        action={
          <Button size="s" onClick={() => go(paths.addPerson)}>
            {i18n._('Add a contact')}
          </Button>
        }
      />
    );
  }
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-[calc(1rem+var(--foot,0px))]">
      <div role="list" aria-label={i18n._('Chats')}>
        <Virtualizer scrollRef={scroller} data={rows} itemSize={68}>
          {(row) => (
            <div key={row.id} role="listitem">
              <ListRow row={row} nowMs={nowMs} isSelected={row.id === selected} />
            </div>
          )}
        </Virtualizer>
      </div>
    </div>
  );
}
