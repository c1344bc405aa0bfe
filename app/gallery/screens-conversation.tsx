import { BellOff, PanelRight, Search, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Composer } from '../ui/composer.tsx';
import { ConversationHeader } from '../ui/conversation-header.tsx';
import { ConversationPane } from '../ui/conversation-pane.tsx';
import { GroupDetails, PersonDetails, SyncFacts } from '../ui/details.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import type { ListItem } from '../ui/list-item.ts';
import { MessageList } from '../ui/message-list.tsx';
import { StrangerBanner } from '../ui/stranger-banner.tsx';
import { UpdatePrompt } from '../ui/update-prompt.tsx';
import { SampleMenu } from './states-controls.tsx';
import { ChatsList, Shell } from './screens-lists.tsx';
import { harbour, harbourItems, nowMs, people, roughItems, says } from './samples.ts';

const nothing = () => undefined;

const detailActions = [
  { id: 'mute', label: 'Mute', icon: BellOff, onAct: nothing },
  { id: 'search', label: 'Search', icon: Search, onAct: nothing },
  { id: 'add', label: 'Add', icon: UserPlus, onAct: nothing },
];
const syncFacts = [
  { label: 'On this device', value: '4,310 of 4,522' },
  { label: 'Missing ranges', value: '1' },
  { label: 'Checked against server', value: 'today 11:58' },
];

type ConversationProps = {
  readonly items: readonly ListItem[];
  readonly isOffline?: boolean;
  readonly isStranger?: boolean;
  readonly draft?: string;
};

function Conversation({ items, isOffline = false, isStranger = false, draft = '' }: ConversationProps) {
  const [text, setText] = useState(draft);
  const other = isStranger ? people.long : harbour;
  return (
    <ConversationPane
      label={other.name}
      header={
        <ConversationHeader
          title={other.name}
          avatarId={other.id}
          note={isStranger ? '+49 151 2345 6789' : '8 people'}
          onlineNote={isStranger ? undefined : '3 online'}
          onBack={nothing}
          detailsHref="#details"
          actions={
            <>
              <IconButton label="Details" icon={PanelRight} className="hidden @two/shell:grid" isDirectional />
              <SampleMenu />
            </>
          }
        />
      }
      banners={
        <>
          {isOffline ? (
            <Banner status={{ at: 'offline', waitingCount: 2 }} onAct={nothing} />
          ) : (
            <Banner status={{ at: 'catching-up', count: 12 }} />
          )}
          {isStranger && <StrangerBanner name={other.name} onAdd={nothing} onBlock={nothing} />}
        </>
      }
      composer={<Composer value={text} onChange={setText} onSend={() => setText('')} placeholder={`Message ${other.name}`} />}
    >
      <MessageList items={items} isGroup={!isStranger} nowMs={nowMs} onLoadHole={nothing} onRetry={nothing} onDiscard={nothing} />
    </ConversationPane>
  );
}

function HarbourDetails() {
  return (
    <GroupDetails
      {...harbour}
      note="Eyes on the water since 2019"
      actions={detailActions}
      onClose={nothing}
      memberCount={8}
      onShowAll={nothing}
      members={[
        { ...people.ingrid, note: 'Owner', isOnline: true },
        { ...people.tariq, note: 'Admin', isOnline: true },
        { ...people.jonas, note: 'joined today', isOnline: true },
        { ...people.anna, note: 'last seen 09:12' },
      ]}
      sync={<SyncFacts facts={syncFacts} onVerify={nothing} />}
    />
  );
}

export function ChatScreen() {
  return (
    <Shell
      pane="main"
      list={<ChatsList />}
      main={<Conversation items={harbourItems()} isOffline draft="On my way" />}
      details={<HarbourDetails />}
    />
  );
}

export function RoughChatScreen() {
  return <Shell pane="main" list={<ChatsList />} main={<Conversation items={roughItems()} isOffline />} />;
}

export function StrangerScreen() {
  const items = [
    says('long', 'Hello, I got your number from Jonas. Is this the harbour office?', { at: '11:58' }),
    says('me', 'It is. How can I help?', { at: '12:01' }),
  ];
  return (
    <Shell
      pane="main"
      list={<ChatsList />}
      main={<Conversation items={items} isStranger />}
      floating={<UpdatePrompt onUpdate={nothing} onLater={nothing} />}
    />
  );
}

export function DetailsScreen() {
  const details = (
    <PersonDetails
      {...people.khalid}
      note="+971 50 123 4567"
      actions={detailActions.slice(0, 2)}
      onClose={nothing}
      facts={[
        { label: 'Added', value: '14 Nov 2026' },
        { label: 'Groups in common', value: '2' },
      ]}
      sync={<SyncFacts facts={syncFacts} onVerify={nothing} />}
    />
  );
  return <Shell pane="details" list={<ChatsList />} main={<Conversation items={harbourItems()} />} details={details} />;
}
