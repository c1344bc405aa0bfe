import { useState, type ReactNode } from 'react';
import { About } from '../features/settings/about.tsx';
import { ChangeNumber } from '../features/settings/change-number.tsx';
import { Devices } from '../features/settings/devices.tsx';
import { InstallPage } from '../features/settings/install.tsx';
import { LinkDevice } from '../features/settings/link-device.tsx';
import { Notifications } from '../features/settings/notifications.tsx';
import { PinPage } from '../features/settings/pin.tsx';
import { Profile } from '../features/settings/profile.tsx';
import { Security } from '../features/settings/security.tsx';
import { SettingsList, type SettingsListProps } from '../features/settings/settings-list.tsx';
import { Storage } from '../features/settings/storage.tsx';
import { AuthLayout } from '../ui/auth-layout.tsx';
import { Button } from '../ui/button.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { PhoneField } from '../ui/phone-field.tsx';
import { devices, PageFrame, passkeys, type Answers } from './sample-frame.tsx';
import { countries } from './samples.ts';
import { NoConversation, Shell } from './screens-lists.tsx';

export function SignInScreen() {
  const [country, setCountry] = useState('NO');
  const [number, setNumber] = useState('412 34 567');
  return (
    <AuthLayout
      hasLogo
      title="Chat that works where the network doesn’t"
      lead="Your number is your name here. We send one code to check it is yours."
      footnote="Already on another device? Sign in there first and keep it at hand."
    >
      <PhoneField
        label="Phone number"
        countries={countries}
        country={country}
        onCountryChange={setCountry}
        number={number}
        onNumberChange={setNumber}
        autoFocus
      />
      <Button isWide>Send code</Button>
    </AuthLayout>
  );
}

export function CodeScreen() {
  const [code, setCode] = useState('409');
  const lead = (
    <>
      Sent to <bdi>+47 412 34 567</bdi> · <button className="font-semibold text-accent-text">Change</button>
    </>
  );
  return (
    <AuthLayout title="Enter the code" lead={lead} footnote="No code yet? You can ask again in 0:24.">
      <CodeField label="Code" value={code} onChange={setCode} autoFocus />
      <Button isWide disabled>
        Continue
      </Button>
    </AuthLayout>
  );
}

export function SettingsScreen() {
  return (
    <PageFrame at="/settings" answers={{}}>
      <Shell active="settings" pane="list" list={<SettingsList />} main={<NoConversation />} />
    </PageFrame>
  );
}

/** The app's own pages: what differs is what the server and the browser say. */
const page = (selected: SettingsListProps['selected'], content: ReactNode, answers: Answers = {}) =>
  function SettingsPage() {
    return (
      <PageFrame at="/settings/page" answers={answers}>
        <Shell active="settings" pane="main" list={<SettingsList selected={selected} />} main={content} />
      </PageFrame>
    );
  };

export const settingsPages = {
  profile: page('profile', <Profile />),
  number: page('profile', <ChangeNumber />),
  pin: page('pin', <PinPage />, { doors: { 'GET /api/pin': { isSet: false } } }),
  'pin-set': page('pin', <PinPage />, { doors: { 'GET /api/pin': { isSet: true } } }),
  'pin-offline': page('pin', <PinPage />),
  notifications: page('notifications', <Notifications />),
  'notifications-on': page('notifications', <Notifications />, { permission: 'granted' }),
  'notifications-blocked': page('notifications', <Notifications />, { permission: 'denied' }),
  'notifications-none': page('notifications', <Notifications />, { permission: 'unsupported', install: 'by-hand' }),
  install: page('install', <InstallPage />),
  'install-offered': page('install', <InstallPage />, { install: 'offered' }),
  'install-by-hand': page('install', <InstallPage />, { install: 'by-hand' }),
  installed: page('install', <InstallPage />, { install: 'installed' }),
  storage: page('storage', <Storage />, { isKept: false }),
  'storage-memory': page('storage', <Storage />, { storage: 'memory' }),
  devices: page('devices', <Devices />, { devices }),
  'devices-offline': page('devices', <Devices />),
  'link-device': page('devices', <LinkDevice />),
  security: page('security', <Security />, { doors: { 'GET /api/passkeys': { passkeys } } }),
  'security-none': page('security', <Security />, { doors: { 'GET /api/passkeys': { passkeys: [] } } }),
  about: page('about', <About />),
};
