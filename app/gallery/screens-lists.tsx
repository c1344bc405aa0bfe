import {
  EllipsisVertical,
  Inbox,
  MessageCircle,
  MessagesSquare,
  Search,
  Settings,
  SquarePen,
  UserPlus,
  Users,
} from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { AppShell, type AppShellProps, type NavItem } from '../ui/app-shell.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Chips } from '../ui/chips.tsx';
import { ConversationRow } from '../ui/conversation-row.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu } from '../ui/menu.tsx';
import { OutboxRow } from '../ui/outbox-row.tsx';
import { Pane, PaneHeader } from '../ui/pane.tsx';
import { ListHeading, PersonRow } from '../ui/person-row.tsx';
import { PickedPeople } from '../ui/picked-people.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { conversationRows, daysAgo, nowMs, people, todayAt } from './samples.ts';

const nothing = () => undefined;

const nav: readonly NavItem[] = [
  { id: 'chats', label: 'Chats', icon: MessageCircle, href: '#chats', badge: 1_204 },
  { id: 'people', label: 'People', icon: Users, href: '#people' },
  { id: 'outbox', label: 'Outbox', icon: Inbox, href: '#outbox', badge: 128, badgeTone: 'dim' },
  { id: 'settings', label: 'Settings', icon: Settings, href: '#settings', isAtFoot: true },
];

export function Shell({
  active = 'chats',
  ...rest
}: Partial<AppShellProps> & Pick<AppShellProps, 'list' | 'main' | 'pane'> & { readonly active?: string }) {
  return <AppShell nav={nav} activeId={active} onNavigate={nothing} me={<Avatar {...people.me} size={9} />} {...rest} />;
}

export function ChatsList({ isEmpty = false }: { readonly isEmpty?: boolean }) {
  const [filter, setFilter] = useState('all');
  const chips = [
    { id: 'all', label: 'All' },
    { id: 'unread', label: 'Unread', count: 3 },
    { id: 'direct', label: 'Direct' },
    { id: 'groups', label: 'Groups' },
  ];
  const header = (
    <>
      <PaneHeader
        title="Chats"
        actions={
          <>
            <IconButton label="Search" icon={Search} />
            <IconButton label="New chat" icon={SquarePen} />
          </>
        }
      />
      {!isEmpty && <Chips label="Show" chips={chips} selectedId={filter} onSelect={setFilter} />}
    </>
  );
  return (
    <Pane header={header} label="Chats">
      {isEmpty ? (
        <EmptyState
          icon={UserPlus}
          title="No chats yet"
          text="Add someone by phone number. You can write to them even while you’re offline."
          action={<Button size="s">Add a contact</Button>}
        />
      ) : (
        conversationRows.map((row) => <ConversationRow key={row.id} {...row} nowMs={nowMs} />)
      )}
    </Pane>
  );
}

export function NoConversation() {
  return (
    <div className="grid h-full place-content-center bg-wash">
      <EmptyState
        icon={MessagesSquare}
        title="Everything is on this device"
        text="Chats open without a network, and what you write is sent when there is one. Pick a chat, or start one."
        isOnWash
      />
    </div>
  );
}

export function ChatsScreen() {
  return <Shell pane="list" list={<ChatsList />} main={<NoConversation />} />;
}

export function FirstRunScreen() {
  return <Shell pane="list" list={<ChatsList isEmpty />} main={<NoConversation />} />;
}

export function OutboxRows() {
  const row = { nowMs, act: 'message', state: { at: 'queued' } } as const;
  const actions = (
    <>
      <Button kind="plain" size="xs">
        Try again
      </Button>
      <Button kind="danger-plain" size="xs">
        Discard
      </Button>
    </>
  );
  return (
    <ul>
      <OutboxRow
        {...row}
        title="Harbour crew"
        text="Brilliant. I’ll close the ticket and write the note for the weekly."
        timeMs={todayAt('12:01')}
        state={{ at: 'sending' }}
      />
      <OutboxRow
        {...row}
        title="Harbour crew"
        text="Also: whoever left the kettle on, we need to talk 😄"
        timeMs={todayAt('12:02')}
      />
      <OutboxRow
        {...row}
        act="group"
        title="New group “Night train”"
        text="Anna, Sofía and you · 1 message waits for it"
        timeMs={todayAt('12:03')}
      />
      <OutboxRow
        {...row}
        title="Night train"
        text="Platform 3, 21:40"
        timeMs={todayAt('12:03')}
        state={{ at: 'waiting', reason: 'Waits for the group to be made' }}
      />
      <OutboxRow {...row} act="edit" title="Anna Kowalska" text="Edit: “Night train leaves 21:40”" timeMs={todayAt('12:04')} />
      <OutboxRow
        {...row}
        title="Reading group"
        text="Has anyone finished part two?"
        timeMs={daysAgo(3)}
        state={{ at: 'failed', reason: 'Not sent: you are no longer in this group. Kept here as a draft.' }}
        actions={actions}
      />
    </ul>
  );
}

export function OutboxScreen() {
  const more = [{ id: 'export', label: 'Export', onSelect: nothing }];
  const outbox = (
    <Pane
      label="Outbox"
      column="reading"
      isHeaderInColumn
      header={
        <>
          <PaneHeader title="Outbox" actions={<Menu label="More" icon={EllipsisVertical} items={more} />} />
          <div className="px-3">
            <Banner status={{ at: 'offline', waitingCount: 5 }} isInset />
          </div>
        </>
      }
      footer={
        <>
          <span className="flex-1 text-note text-ink-2">5 waiting · 1 needs you</span>
          <Button kind="soft" size="s">
            Export
          </Button>
          <Button size="s">Try all now</Button>
        </>
      }
    >
      <OutboxRows />
    </Pane>
  );
  return <Shell active="outbox" pane="main" hasTabBar list={<ChatsList />} main={outbox} />;
}

export function PeopleList({ children }: { readonly children?: ReactNode }) {
  const [search, setSearch] = useState('');
  return (
    <Pane
      label="People"
      header={
        <>
          <PaneHeader title="People" actions={<IconButton label="Add a contact" icon={UserPlus} />} />
          <div className="px-4 pb-2">
            <SearchField label="Search people" value={search} onChange={setSearch} />
          </div>
        </>
      }
    >
      {children}
      <ListHeading>A</ListHeading>
      <PersonRow {...people.anna} note="last seen 09:12" href="#a" />
      <ListHeading>I</ListHeading>
      <PersonRow {...people.ingrid} note="online" isOnline href="#a" />
      <ListHeading>J</ListHeading>
      <PersonRow {...people.jonas} note="Lofoten until Friday" href="#a" />
      <ListHeading>M</ListHeading>
      <PersonRow {...people.long} note="+49 151 2345 6789" href="#a" />
      <ListHeading>خ</ListHeading>
      <PersonRow {...people.khalid} note="last seen yesterday" href="#a" />
      <ListHeading>山</ListHeading>
      <PersonRow {...people.yamada} note="last seen Friday" href="#a" />
    </Pane>
  );
}

export function PeopleScreen() {
  return <Shell active="people" pane="list" list={<PeopleList />} main={<NoConversation />} />;
}

export function NewGroupScreen() {
  const [picked, setPicked] = useState<readonly string[]>([people.ingrid.id, people.jonas.id, people.khalid.id]);
  const [search, setSearch] = useState('');
  const all = [people.anna, people.ingrid, people.jonas, people.khalid, people.lena, people.sofia, people.tariq, people.yamada];
  const pick = (id: string, isPicked: boolean) =>
    setPicked((ids) => (isPicked ? [...ids, id] : ids.filter((other) => other !== id)));
  const list = (
    <Pane
      label="New group"
      header={
        <>
          <PaneHeader title="New group" onBack={nothing} actions={<Button size="s">Next</Button>} />
          <PickedPeople people={all.filter(({ id }) => picked.includes(id))} onRemove={(id) => pick(id, false)} />
          <div className="px-4 py-1.5">
            <SearchField label="Name or number" value={search} onChange={setSearch} />
          </div>
        </>
      }
    >
      {all.map((person) => (
        <PersonRow key={person.id} {...person} note="online" isPicked={picked.includes(person.id)} onPick={pick} />
      ))}
    </Pane>
  );
  return <Shell active="people" pane="list" hasTabBar={false} list={list} main={<NoConversation />} />;
}
