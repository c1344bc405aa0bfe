import { useLingui } from '@lingui/react';
import { EllipsisVertical, KeyRound, Pencil, Plus, Trash2 } from 'lucide-react';
import { dayLabel, localesOf } from '../../ui/dates.ts';
import { Menu } from '../../ui/menu.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { useNow } from '../frame/now.ts';
import type { Passkey } from '../frame/passkeys.ts';

export type PasskeyGroupProps = {
  readonly passkeys: readonly Passkey[];
  /** Whether this browser has passkeys at this address. */
  readonly isPossible: boolean;
  readonly isAdding: boolean;
  readonly onAdd: () => void;
  readonly onRename: (passkey: Passkey) => void;
  readonly onRemove: (passkey: Passkey) => void;
};

export function PasskeyGroup({ passkeys, isPossible, isAdding, onAdd, onRename, onRemove }: PasskeyGroupProps) {
  const { i18n } = useLingui();
  const note = isPossible
    ? i18n._('A passkey is your fingerprint, your face or the lock of your device, in place of a code. It works only here.')
    : i18n._('This browser has no passkeys at this address: it takes https or localhost.');
  return (
    <SettingsGroup title={i18n._('Passkeys')} note={note}>
      {passkeys.length === 0 && !isPossible && <SettingsRow icon={KeyRound} title={i18n._('No passkeys yet')} />}
      {passkeys.map((passkey) => (
        <SettingsRow
          key={passkey.id}
          icon={KeyRound}
          title={<bdi>{passkey.name}</bdi>}
          note={<PasskeyNote passkey={passkey} />}
          trailing={
            <Menu
              label={i18n._('Actions for {name}', { name: passkey.name })}
              icon={EllipsisVertical}
              items={[
                { id: 'rename', label: i18n._('Rename'), icon: Pencil, onSelect: () => onRename(passkey) },
                { id: 'remove', label: i18n._('Remove'), icon: Trash2, isDestructive: true, onSelect: () => onRemove(passkey) },
              ]}
            />
          }
        />
      ))}
      {isPossible && (
        <SettingsRow
          icon={Plus}
          title={isAdding ? i18n._('Follow your browser…') : i18n._('Add a passkey')}
          isDisabled={isAdding}
          onPress={onAdd}
        />
      )}
    </SettingsGroup>
  );
}

function PasskeyNote({ passkey: { host, addedAtMs, usedAtMs } }: { readonly passkey: Passkey }) {
  const { i18n } = useLingui();
  const nowMs = useNow();
  if (host !== location.hostname) return i18n._('Only for {host}, not for this address', { host });
  const words = { today: i18n._('today'), yesterday: i18n._('yesterday') };
  const day = (timeMs: number) => dayLabel({ timeMs, nowMs }, localesOf(i18n), words);
  return usedAtMs === undefined
    ? i18n._('Added {added} · not used yet', { added: day(addedAtMs) })
    : i18n._('Added {added} · last used {used}', { added: day(addedAtMs), used: day(usedAtMs) });
}
