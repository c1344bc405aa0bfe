import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { limits } from '#sync-protocol';
import type { ConversationView } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';

export type GroupInfoDialogProps = {
  readonly conversation: ConversationView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

export function GroupInfoDialog(props: GroupInfoDialogProps) {
  const { i18n } = useLingui();
  return (
    <Dialog title={i18n._('Edit group')} isOpen={props.isOpen} onClose={props.onClose}>
      <InfoForm {...props} />
    </Dialog>
  );
}

function InfoForm({ conversation, onClose }: GroupInfoDialogProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const [title, setTitle] = useState(conversation.title);
  const [about, setAbout] = useState(conversation.about ?? '');
  const save = async () => {
    const info = {
      ...(title.trim() !== conversation.title && { title: title.trim() }),
      ...(about.trim() !== (conversation.about ?? '') && { about: about.trim() }),
    };
    if (Object.keys(info).length > 0) await commands.changeGroupInfo(conversation.id, info);
    onClose();
  };
  return (
    <form
      className="grid gap-4 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '') void save();
      }}
    >
      <TextField label={i18n._('Group name')} value={title} onChange={setTitle} maxLength={limits.titleCharsMax} autoFocus />
      <TextField label={i18n._('About')} value={about} onChange={setAbout} maxLength={limits.aboutCharsMax} />
      <div className="flex justify-end">
        <Button type="submit" size="s" disabled={title.trim() === ''}>
          {i18n._('Save')}
        </Button>
      </div>
    </form>
  );
}
