import { useLingui } from '@lingui/react';
import { Crown, Ellipsis, UserMinus, UserRound } from 'lucide-react';
import { useState } from 'react';
import type { ConversationId, Role, UserId } from '#sync-protocol';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { useFrame } from '../frame/frame.ts';

export type MemberMenuProps = {
  readonly group: ConversationId;
  readonly user: UserId;
  readonly name: string;
  readonly role: Role;
};

/** What an owner may do with somebody in the group. */
export function MemberMenu({ group, user, name, role }: MemberMenuProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const [isRemoving, setRemoving] = useState(false);
  const roleItem: MenuItem =
    role === 'owner'
      ? {
          id: 'member',
          label: i18n._('Make a member'),
          icon: UserRound,
          onSelect: () => void commands.setRole(group, user, 'member'),
        }
      : { id: 'owner', label: i18n._('Make an owner'), icon: Crown, onSelect: () => void commands.setRole(group, user, 'owner') };
  const items: readonly MenuItem[] = [
    roleItem,
    {
      id: 'remove',
      label: i18n._('Remove from the group'),
      icon: UserMinus,
      isDestructive: true,
      onSelect: () => setRemoving(true),
    },
  ];
  return (
    <>
      <Menu label={i18n._('Manage {name}', { name })} icon={Ellipsis} items={items} />
      <ConfirmDialog
        title={i18n._('Remove {name}?', { name })}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        confirmLabel={i18n._('Remove')}
        isDestructive
        onConfirm={() => {
          setRemoving(false);
          void commands.removeMember(group, user);
        }}
      >
        <p>{i18n._('They keep what they have, and receive nothing new.')}</p>
      </ConfirmDialog>
    </>
  );
}
