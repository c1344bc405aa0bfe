import { useLingui } from '@lingui/react';
import { QrCode } from 'lucide-react';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';

export function LinkRow() {
  const { i18n } = useLingui();
  const go = useGo();
  return (
    <SettingsGroup>
      <SettingsRow
        icon={QrCode}
        title={i18n._('Link a device')}
        note={i18n._('Let another one in with the code it shows')}
        href={paths.linkDevice}
        onPress={() => go(paths.linkDevice)}
      />
    </SettingsGroup>
  );
}
