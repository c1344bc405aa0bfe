import { useLingui } from '@lingui/react';
import { Bell, Download, HardDrive, Info, KeyRound, LockKeyhole, LogOut, Smartphone, SunMoon } from 'lucide-react';
import { useState } from 'react';
import { useMe, useStorageInfo } from '../../store/queries/queries.ts';
import { localesOf } from '../../ui/dates.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { ProfileCard } from '../../ui/profile-card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { useInstall } from '../frame/use-browser.ts';
import { useFrame } from '../frame/frame.ts';
import { useGo } from '../frame/go.ts';
import { useNoticeChoices } from '../frame/notice-choices.ts';
import { paths } from '../frame/paths.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { setTheme, useTheme, type Theme } from '../frame/theme.ts';
import { useTitle } from '../frame/title.ts';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { bytesText } from './bytes-text.ts';

export type SettingsListProps = {
  readonly selected?:
    | 'profile'
    | 'pin'
    | 'devices'
    | 'security'
    | 'link-device'
    | 'notifications'
    | 'storage'
    | 'install'
    | 'about'
    | undefined;
};

export function SettingsList({ selected }: SettingsListProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const { version } = useFrame();
  const isInstalled = useInstall() === 'installed';
  const [isSigningOut, setSigningOut] = useState(false);
  useTitle(i18n._('Settings'));
  return (
    <Pane
      surface="bg"
      column="reading"
      isUnderTitle
      label={i18n._('Settings')}
      header={<PaneHeader title={i18n._('Settings')} />}
    >
      <ProfileRow isSelected={selected === 'profile'} />
      <SettingsGroup>
        <AppearanceRow />
        <NotificationsRow isSelected={selected === 'notifications'} />
      </SettingsGroup>
      <SettingsGroup>
        <SettingsRow
          icon={Smartphone}
          title={i18n._('Devices')}
          note={i18n._('Where you are signed in')}
          href={paths.devices}
          onPress={() => go(paths.devices)}
          isSelected={selected === 'devices' || selected === 'link-device'}
        />
        <SettingsRow
          icon={KeyRound}
          title={i18n._('Sign-in and security')}
          note={i18n._('Passkeys')}
          href={paths.security}
          onPress={() => go(paths.security)}
          isSelected={selected === 'security'}
        />
        <SettingsRow
          icon={LockKeyhole}
          title={i18n._('PIN')}
          note={i18n._('Asked for on a new device')}
          href={paths.pin}
          onPress={() => go(paths.pin)}
          isSelected={selected === 'pin'}
        />
        <StorageRow isSelected={selected === 'storage'} />
      </SettingsGroup>
      <SettingsGroup>
        {/* Where it is installed there is nothing left to do. */}
        {!isInstalled && <InstallRow isSelected={selected === 'install'} />}
        <SettingsRow
          icon={Info}
          title={i18n._('About and help')}
          note={i18n._('Version {version}', { version })}
          href={paths.about}
          onPress={() => go(paths.about)}
          isSelected={selected === 'about'}
        />
        <SettingsRow icon={LogOut} title={i18n._('Sign out of this device')} isDestructive onPress={() => setSigningOut(true)} />
      </SettingsGroup>
      <SignOutDialog isOpen={isSigningOut} onClose={() => setSigningOut(false)} />
    </Pane>
  );
}

type RowProps = { readonly isSelected: boolean };

function ProfileRow({ isSelected }: RowProps) {
  const go = useGo();
  const { me } = useFrame();
  const profile = useMe();
  const numbers = usePhoneNumbers();
  const phone = profile?.phone;
  return (
    <ProfileCard
      id={me}
      name={profile?.name ?? ''}
      note={phone === undefined ? '' : (numbers?.format(phone) ?? phone)}
      isSelected={isSelected}
      href={paths.profile}
      onOpen={() => go(paths.profile)}
    />
  );
}

function AppearanceRow() {
  const { i18n } = useLingui();
  const theme = useTheme();
  const segments: readonly { value: Theme; label: string }[] = [
    { value: 'system', label: i18n._('System') },
    { value: 'light', label: i18n._('Light') },
    { value: 'dark', label: i18n._('Dark') },
  ];
  return (
    <SettingsRow
      icon={SunMoon}
      title={i18n._('Appearance')}
      trailing={<Segmented label={i18n._('Appearance')} segments={segments} value={theme} onChange={setTheme} />}
    />
  );
}

function NotificationsRow({ isSelected }: RowProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const { isOn } = useNoticeChoices();
  return (
    <SettingsRow
      icon={Bell}
      title={i18n._('Notifications')}
      note={isOn ? i18n._('While Chatter is open') : i18n._('Off')}
      href={paths.notifications}
      onPress={() => go(paths.notifications)}
      isSelected={isSelected}
    />
  );
}

function InstallRow({ isSelected }: RowProps) {
  const { i18n } = useLingui();
  const go = useGo();
  return (
    <SettingsRow
      icon={Download}
      title={i18n._('Install')}
      note={i18n._('Chatter as an app of its own')}
      href={paths.install}
      onPress={() => go(paths.install)}
      isSelected={isSelected}
    />
  );
}

/** What the browser says: how much is kept, and whether it may clear it when space runs low. */
function StorageRow({ isSelected }: RowProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const storage = useStorageInfo();
  const locales = localesOf(i18n);
  const used = storage?.usedBytes;
  const isKept = storage?.isPersistent;
  const state = isKept === undefined ? undefined : isKept ? i18n._('kept by the browser') : i18n._('may be cleared');
  const size = used === undefined ? undefined : bytesText(used, locales);
  return (
    <SettingsRow
      icon={HardDrive}
      title={i18n._('Storage')}
      note={[size, state].filter((part) => part !== undefined).join(' · ')}
      href={paths.storage}
      onPress={() => go(paths.storage)}
      isSelected={isSelected}
    />
  );
}
