import { useLingui } from '@lingui/react';
import { Ban, LogOut, Pencil, Trash2, User, UserPlus } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ConversationId, UserId } from '#sync-protocol';
import { useContactStatus, usePerson, usePersons, type ConversationView } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import {
  DetailsSection,
  GroupDetails,
  PersonDetails,
  SyncFacts,
  type DetailsAction,
  type DetailsFact,
} from '../../ui/details.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo, useReplace } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { AddPeopleDialog } from './add-people-dialog.tsx';
import { GroupInfoDialog } from './group-info-dialog.tsx';
import { MemberMenu } from './member-menu.tsx';
import { useTitled } from './use-titled.ts';

export function Details({ id }: { readonly id: ConversationId }) {
  const conversation = useTitled(id);
  if (!conversation) return <div className="flex-1 bg-panel" />;
  return conversation.kind === 'group' ? <OfGroup conversation={conversation} /> : <OfPerson conversation={conversation} />;
}

type OfProps = { readonly conversation: ConversationView };

function OfPerson({ conversation }: OfProps) {
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const go = useGo();
  const back = useBack(paths.conversation(conversation.id));
  const other = conversation.other ?? me;
  const person = usePerson(other);
  const status = useContactStatus(other);
  const [isDropping, setDropping] = useState(false);
  const actions: readonly DetailsAction[] = [
    ...(other === me ? [] : [{ id: 'person', label: i18n._('Profile'), icon: User, onAct: () => go(paths.person(other)) }]),
    ...(other === me || status?.isContact
      ? []
      : [{ id: 'add', label: i18n._('Add'), icon: UserPlus, onAct: () => void commands.addContact({ user: other }) }]),
    ...(other === me || !status?.isBlocked
      ? []
      : [{ id: 'unblock', label: i18n._('Unblock'), icon: Ban, onAct: () => void commands.block(other, false) }]),
  ];
  return (
    <>
      <PersonDetails
        id={other}
        name={conversation.title}
        note={person?.about === '' ? undefined : person?.about}
        actions={actions}
        onClose={back}
        sync={<Sync conversation={conversation} />}
      >
        <DetailsSection>
          <DangerRow icon={Trash2} label={i18n._('Delete chat')} onPress={() => setDropping(true)} />
        </DetailsSection>
      </PersonDetails>
      <DropDialog conversation={conversation} isOpen={isDropping} onClose={() => setDropping(false)} />
    </>
  );
}

type Asking = 'add' | 'info' | 'leave' | 'drop';

function OfGroup({ conversation }: OfProps) {
  const { i18n } = useLingui();
  const { me } = useFrame();
  const go = useGo();
  const back = useBack(paths.conversation(conversation.id));
  const persons = usePersons(conversation.members);
  const [asking, setAsking] = useState<Asking>();
  const { members, isFormer, isOwner, roles } = conversation;
  const close = () => setAsking(undefined);
  const noteOf = (user: UserId) =>
    [user === me && i18n._('You'), roles.get(user) === 'owner' && i18n._('Owner')].filter(Boolean).join(' · ') || undefined;
  const actions: readonly DetailsAction[] = isFormer
    ? []
    : [
        { id: 'add', label: i18n._('Add'), icon: UserPlus, onAct: () => setAsking('add') },
        { id: 'info', label: i18n._('Edit'), icon: Pencil, onAct: () => setAsking('info') },
      ];
  return (
    <>
      <GroupDetails
        id={conversation.id}
        name={conversation.title}
        note={conversation.about}
        actions={actions}
        onClose={back}
        memberCount={members.length}
        members={members.map((user) => ({
          id: user,
          name: persons.nameOf(user),
          note: noteOf(user),
          href: paths.person(user),
          trailing: isOwner && !isFormer && user !== me && (
            <MemberMenu group={conversation.id} user={user} name={persons.nameOf(user)} role={roles.get(user) ?? 'member'} />
          ),
        }))}
        onOpenMember={(user) => go(paths.person(user as UserId))}
        sync={<Sync conversation={conversation} />}
      >
        <DetailsSection>
          {!isFormer && <DangerRow icon={LogOut} label={i18n._('Leave the group')} onPress={() => setAsking('leave')} />}
          <DangerRow icon={Trash2} label={i18n._('Delete chat')} onPress={() => setAsking('drop')} />
        </DetailsSection>
      </GroupDetails>
      <AddPeopleDialog conversation={conversation} isOpen={asking === 'add'} onClose={close} />
      <GroupInfoDialog conversation={conversation} isOpen={asking === 'info'} onClose={close} />
      <LeaveDialog conversation={conversation} isOpen={asking === 'leave'} onClose={close} />
      <DropDialog conversation={conversation} isOpen={asking === 'drop'} onClose={close} />
    </>
  );
}

type DangerRowProps = { readonly icon: LucideIcon; readonly label: string; readonly onPress: () => void };

function DangerRow({ icon, label, onPress }: DangerRowProps) {
  return (
    <Button kind="danger-plain" size="s" icon={icon} isWide className="-mx-2 justify-start! px-3" onClick={onPress}>
      {label}
    </Button>
  );
}

/** What this device holds, in figures that can be checked. */
function Sync({ conversation: { held, known, holeCount } }: OfProps) {
  const { i18n } = useLingui();
  const facts: readonly DetailsFact[] = [
    { label: i18n._('On this device'), value: i18n._('{held, number} of {known, number}', { held, known }) },
    { label: i18n._('Missing ranges'), value: i18n.number(holeCount) },
  ];
  return <SyncFacts facts={facts} />;
}

type AskingProps = OfProps & { readonly isOpen: boolean; readonly onClose: () => void };

function LeaveDialog({ conversation, isOpen, onClose }: AskingProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  return (
    <ConfirmDialog
      title={i18n._('Leave {title}?', { title: conversation.title })}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel={i18n._('Leave')}
      isDestructive
      onConfirm={() => void commands.leaveGroup(conversation.id).then(onClose)}
    >
      <p>{i18n._('You keep what you have of it, and receive nothing new. Somebody in the group can add you again.')}</p>
    </ConfirmDialog>
  );
}

function DropDialog({ conversation, isOpen, onClose }: AskingProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const replace = useReplace();
  const drop = async () => {
    onClose();
    replace(paths.chats);
    await commands.dropConversation(conversation.id);
  };
  return (
    <ConfirmDialog
      title={i18n._('Delete this chat for you?')}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel={i18n._('Delete chat')}
      isDestructive
      onConfirm={() => void drop()}
    >
      <p>{i18n._('It is removed from all your devices. Others keep theirs, and a new message brings it back.')}</p>
    </ConfirmDialog>
  );
}
