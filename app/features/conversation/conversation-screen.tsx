import { useLingui } from '@lingui/react';
import { Info, MessageSquareOff, MessagesSquare } from 'lucide-react';
import { useEffect, useRef, useState, type Ref } from 'react';
import type { ConversationId, MessageId } from '#sync-protocol';
import { useContactStatus, useDraft, useIsDiskAway, usePersons, type ConversationView } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Composer, type ComposerHandle } from '../../ui/composer.tsx';
import { ConversationHeader } from '../../ui/conversation-header.tsx';
import { ConversationPane } from '../../ui/conversation-pane.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { StrangerBanner } from '../../ui/stranger-banner.tsx';
import { useCommands, useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { LinkBanner } from '../frame/link-banner.tsx';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';
import { ComposerBar, hasKeyboard, type Editing } from './composer-bar.tsx';
import { Messages } from './messages.tsx';
import { useAround } from './use-place.ts';
import { useTitled } from './use-titled.ts';

export type ConversationScreenProps = { readonly id: ConversationId; readonly message?: MessageId | undefined };

/** Another conversation is another screen: it needs a `key`. */
export function ConversationScreen({ id, message }: ConversationScreenProps) {
  const { i18n } = useLingui();
  const commands = useCommands();
  const conversation = useTitled(id);
  const persons = usePersons([]);
  const back = useBack(paths.chats);
  const [editing, setEditing] = useState<Editing>();
  const [written, setWritten] = useState(0);
  const around = useAround(id, message, written);
  const composer = useRef<ComposerHandle>(null);
  useEffect(() => {
    commands.open(id);
    return () => commands.close(id);
  }, [commands, id]);
  useTitle(conversation?.title);
  const isDiskAway = useIsDiskAway();
  if (conversation === null) {
    return (
      <div className="grid h-full place-content-center bg-wash">
        <EmptyState
          icon={MessageSquareOff}
          title={i18n._('This chat is not on this device')}
          text={i18n._('It may have been removed, or it has not arrived yet.')}
          action={
            <Button size="s" onClick={back}>
              {i18n._('Back to the chats')}
            </Button>
          }
          isOnWash
        />
      </div>
    );
  }
  if (!conversation) return <div className="h-full bg-wash">{isDiskAway && <LinkBanner />}</div>;
  return (
    <ConversationPane
      label={conversation.title}
      header={<Header conversation={conversation} onBack={back} />}
      banners={
        <>
          <LinkBanner />
          <Stranger conversation={conversation} />
        </>
      }
      composer={
        <Writing
          ref={composer}
          conversation={conversation}
          editing={editing}
          onEditingEnd={() => setEditing(undefined)}
          onWritten={() => setWritten((count) => count + 1)}
        />
      }
    >
      <Messages
        conversation={conversation}
        around={around}
        persons={persons}
        target={message}
        written={written}
        onEdit={setEditing}
        onFocusPastEnd={() => {
          if (!composer.current || !hasKeyboard()) return false;
          composer.current.focus();
          return true;
        }}
      />
    </ConversationPane>
  );
}

function Header({ conversation, onBack }: { readonly conversation: ConversationView; readonly onBack: () => void }) {
  const { i18n } = useLingui();
  const go = useGo();
  const { id, kind, title, members } = conversation;
  const details = paths.details(id);
  return (
    <ConversationHeader
      title={title}
      avatarId={conversation.other ?? id}
      note={kind === 'group' ? i18n._('{count, plural, one {# person} other {# people}}', { count: members.length }) : undefined}
      onBack={onBack}
      detailsHref={details}
      onDetails={() => go(details)}
      actions={<IconButton label={i18n._('Details')} icon={Info} onClick={() => go(details)} className="@three/shell:hidden" />}
    />
  );
}

/** Somebody wrote who was not added: said, with both answers at hand. */
function Stranger({ conversation }: { readonly conversation: ConversationView }) {
  const { me, commands } = useFrame();
  const { other } = conversation;
  const status = useContactStatus(other ?? me);
  if (other === undefined || other === me || !status || status.isContact || status.isBlocked) return undefined;
  return (
    <StrangerBanner
      name={conversation.title}
      onAdd={() => void commands.addContact({ user: other })}
      onBlock={() => void commands.block(other, true)}
    />
  );
}

type WritingProps = {
  readonly ref: Ref<ComposerHandle>;
  readonly conversation: ConversationView;
  readonly editing: Editing | undefined;
  readonly onEditingEnd: () => void;
  readonly onWritten: () => void;
};

function Writing({ ref, conversation, editing, onEditingEnd, onWritten }: WritingProps) {
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const { id, other, title } = conversation;
  const draft = useDraft(id);
  const status = useContactStatus(other ?? me);
  const closed = (reason: React.ReactNode) => (
    <Composer value="" onChange={() => undefined} onSend={() => undefined} placeholder={title} closedReason={reason} />
  );
  if (conversation.isFormer) return closed(i18n._('You are no longer in this group. What you have of it stays here.'));
  if (other !== undefined && other !== me && status?.isBlocked) {
    return closed(
      <>
        {i18n._('You blocked {name}.', { name: title })}{' '}
        <Button kind="plain" size="s" className="px-2.5" onClick={() => void commands.block(other, false)}>
          {i18n._('Unblock')}
        </Button>
      </>,
    );
  }
  if (draft === undefined) return <div className="h-17" />;
  return (
    <ComposerBar
      key={id}
      ref={ref}
      conversation={id}
      title={title}
      draft={draft?.text ?? ''}
      editing={editing}
      onEditingEnd={onEditingEnd}
      onWritten={onWritten}
    />
  );
}

/** Beside the list while no chat is open. */
export function NoConversation() {
  const { i18n } = useLingui();
  return (
    <div className="grid h-full place-content-center bg-wash">
      <EmptyState
        icon={MessagesSquare}
        title={i18n._('Everything is on this device')}
        text={i18n._('Chats open without a network, and what you write is sent when there is one. Pick a chat, or start one.')}
        isOnWash
      />
    </div>
  );
}
