import { MessageCircle, Users } from 'lucide-react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConversationRow } from '../ui/conversation-row.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorPanel } from '../ui/error-boundary.tsx';
import { PersonRow } from '../ui/person-row.tsx';
import { PickedPeople } from '../ui/picked-people.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { StrangerBanner } from '../ui/stranger-banner.tsx';
import { UpdatePrompt } from '../ui/update-prompt.tsx';
import { Specimen } from './frame.tsx';
import { OutboxRows } from './screens-lists.tsx';
import { conversationRows, nowMs, people } from './samples.ts';

const nothing = () => undefined;

export function Conversations() {
  return (
    <Specimen title="ConversationRow: queued, unread, selected, muted, draft, failed, long, right to left">
      <div className="max-w-87">
        {conversationRows.map((row) => (
          <ConversationRow key={row.id} {...row} nowMs={nowMs} />
        ))}
      </div>
    </Specimen>
  );
}

export function People() {
  return (
    <>
      <Specimen title="PersonRow">
        <div className="max-w-87">
          <PersonRow {...people.anna} note="last seen 09:12" href="#anna" />
          <PersonRow {...people.khalid} note="+971 50 123 4567" isOnline />
          <PersonRow {...people.long} note="writing a thesis about things that are very long indeed" isPicked />
          <PersonRow {...people.sofia} note="online" isPicked={false} />
          <PersonRow {...people.lena} note="already in this group" isPicked isDisabled />
        </div>
      </Specimen>
      <Specimen title="PickedPeople">
        <PickedPeople people={[people.ingrid, people.jonas, people.khalid, people.long]} onRemove={nothing} />
      </Specimen>
    </>
  );
}

export function Banners() {
  return (
    <>
      <Specimen title="Banner: offline, connecting, catching up, signed out, update required">
        <div className="grid gap-3">
          <Banner status={{ at: 'offline', waitingCount: 2 }} onAct={nothing} />
          <Banner status={{ at: 'offline', waitingCount: 0 }} />
          <Banner status={{ at: 'connecting', retryInSeconds: 12 }} onAct={nothing} />
          <Banner status={{ at: 'connecting' }} />
          <Banner status={{ at: 'catching-up', count: 40 }} />
          <Banner status={{ at: 'signed-out' }} onAct={nothing} />
          <Banner status={{ at: 'update-required' }} onAct={nothing} isInset />
        </div>
      </Specimen>
      <Specimen title="StrangerBanner">
        <StrangerBanner name={people.long.name} onAdd={nothing} onBlock={nothing} />
      </Specimen>
      <Specimen title="UpdatePrompt">
        <UpdatePrompt onUpdate={nothing} onLater={nothing} />
      </Specimen>
    </>
  );
}

export function Outbox() {
  return (
    <Specimen title="OutboxRow: queued, sending, waiting, failed">
      <OutboxRows />
    </Specimen>
  );
}

export function Nothing() {
  return (
    <>
      <Specimen title="EmptyState">
        <EmptyState
          icon={Users}
          title="No people yet"
          text="Add someone by phone number."
          action={<Button size="s">Add a contact</Button>}
        />
      </Specimen>
      <Specimen title="EmptyState on the wash" surface="wash">
        <EmptyState icon={MessageCircle} title="Everything is on this device" text="Pick a chat, or start one." isOnWash />
      </Specimen>
      <Specimen title="ErrorPanel">
        <ErrorPanel onRetry={nothing} onCopyReport={nothing} />
      </Specimen>
      <Specimen title="SkeletonRows">
        <SkeletonRows kind="conversation" count={2} />
        <SkeletonRows kind="person" count={2} />
      </Specimen>
      <Specimen title="SkeletonRows of messages" surface="wash">
        <SkeletonRows kind="message" count={4} />
      </Specimen>
    </>
  );
}
