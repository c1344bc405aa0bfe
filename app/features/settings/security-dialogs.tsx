import { useLingui } from '@lingui/react';
import { useId, useState } from 'react';
import { limits } from '#sync-protocol';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Passkey } from '../frame/passkeys.ts';

type RenameProps = {
  readonly passkey: Passkey;
  readonly onClose: () => void;
  readonly onRename: (name: string) => Promise<void>;
};

export function RenamePasskeyDialog({ passkey, onClose, onRename }: RenameProps) {
  const { i18n } = useLingui();
  const formId = useId();
  const [name, setName] = useState(passkey.name);
  const [isBusy, setBusy] = useState(false);
  const isEmpty = name.trim() === '';
  const save = async () => {
    if (isBusy || isEmpty) return;
    setBusy(true);
    await onRename(name.trim());
  };
  const actions = (
    <>
      <Button kind="plain" size="s" onClick={onClose}>
        {i18n._('Cancel')}
      </Button>
      <Button type="submit" form={formId} size="s" disabled={isBusy || isEmpty}>
        {i18n._('Save')}
      </Button>
    </>
  );
  return (
    <Dialog title={i18n._('Rename the passkey')} isOpen onClose={onClose} actions={actions}>
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={i18n._('Name')}
          value={name}
          onChange={setName}
          maxLength={limits.nameCharsMax}
          autoComplete="off"
          autoFocus
        />
      </form>
    </Dialog>
  );
}

type RemoveProps = {
  readonly passkey: Passkey;
  readonly onClose: () => void;
  readonly onRemove: () => Promise<void>;
};

export function RemovePasskeyDialog({ passkey, onClose, onRemove }: RemoveProps) {
  const { i18n } = useLingui();
  const [isBusy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    await onRemove();
  };
  return (
    <ConfirmDialog
      title={i18n._('Remove this passkey?')}
      isOpen
      onClose={onClose}
      confirmLabel={isBusy ? i18n._('One moment…') : i18n._('Remove')}
      isDestructive
      onConfirm={() => !isBusy && void remove()}
    >
      <p>
        {i18n._(
          'Nobody can sign in with {name} any more. Devices that signed in with it stay signed in; sign them out under Devices.',
          { name: passkey.name },
        )}
      </p>
    </ConfirmDialog>
  );
}
