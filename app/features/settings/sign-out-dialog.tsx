import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { useOutboxCount } from '../../store/queries/queries.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useFrame } from '../frame/frame.ts';

export type SignOutDialogProps = { readonly isOpen: boolean; readonly onClose: () => void };

/** Signing out takes everything from this device, and what was not sent exists nowhere else. */
export function SignOutDialog({ isOpen, onClose }: SignOutDialogProps) {
  const { i18n } = useLingui();
  const frame = useFrame();
  const { waiting, failed } = useOutboxCount();
  const [isBusy, setBusy] = useState(false);
  const unsent = waiting + failed;
  const signOut = async () => {
    setBusy(true);
    await frame.signOut();
  };
  return (
    <ConfirmDialog
      title={i18n._('Sign out of this device?')}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel={isBusy ? i18n._('Signing out…') : unsent > 0 ? i18n._('Sign out and lose it') : i18n._('Sign out')}
      isDestructive
      onConfirm={() => !isBusy && void signOut()}
    >
      {unsent > 0 && (
        <p className="mb-2 font-semibold text-danger">
          {i18n._(
            '{count, plural, one {# thing you wrote has not been sent and will be lost.} other {# things you wrote have not been sent and will be lost.}}',
            {
              count: unsent,
            },
          )}
        </p>
      )}
      <p>
        {i18n._(
          'Your messages and drafts are removed from this device. What was sent stays on the server and comes back when you sign in again.',
        )}
      </p>
    </ConfirmDialog>
  );
}
