import { useLingui } from '@lingui/react';
import { ConfirmDialog } from '../../ui/dialog.tsx';

export type DeleteDialogProps = { readonly onClose: () => void; readonly onDelete: () => void };

export function DeleteDialog({ onClose, onDelete }: DeleteDialogProps) {
  const { i18n } = useLingui();
  return (
    <ConfirmDialog
      title={i18n._('Delete this message?')}
      isOpen
      onClose={onClose}
      confirmLabel={i18n._('Delete')}
      isDestructive
      onConfirm={() => {
        onDelete();
        onClose();
      }}
    >
      <p>{i18n._('It is deleted for everyone in this chat.')}</p>
    </ConfirmDialog>
  );
}
