import { useLingui } from '@lingui/react';
import { useState } from 'react';
import type { UserId } from '#sync-protocol';
import { useContacts, type ConversationView } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useFrame } from '../frame/frame.ts';
import { PeoplePicker } from '../frame/people-picker.tsx';

export type AddPeopleDialogProps = {
  readonly conversation: ConversationView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

export function AddPeopleDialog({ conversation, isOpen, onClose }: AddPeopleDialogProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const contacts = useContacts();
  const [picked, setPicked] = useState<readonly UserId[]>([]);
  const close = () => {
    setPicked([]);
    onClose();
  };
  const add = async () => {
    await commands.addMembers(conversation.id, picked);
    close();
  };
  const actions = (
    <Button size="s" disabled={picked.length === 0} onClick={() => void add()}>
      {i18n._('Add')}
    </Button>
  );
  return (
    <Dialog title={i18n._('Add people')} isOpen={isOpen} onClose={close} actions={actions}>
      <div className="-mx-3">
        <PeoplePicker
          people={contacts?.filter(({ id }) => !conversation.members.includes(id))}
          picked={picked}
          onPick={setPicked}
        />
      </div>
    </Dialog>
  );
}
