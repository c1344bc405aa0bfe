import { Bell, Database, LifeBuoy, LogOut, MonitorSmartphone, ShieldCheck, Smartphone, SunMoon } from 'lucide-react';
import { useState } from 'react';
import { AuthLayout } from '../ui/auth-layout.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { Pane, PaneHeader } from '../ui/pane.tsx';
import { PhoneField } from '../ui/phone-field.tsx';
import { ProfileCard } from '../ui/profile-card.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SettingsGroup, SettingsRow } from '../ui/settings.tsx';
import { Switch } from '../ui/switch.tsx';
import { countries, harbour, people } from './samples.ts';
import { NoConversation, Shell } from './screens-lists.tsx';

const nothing = () => undefined;

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

function SettingsList({ selected }: { readonly selected?: string }) {
  const [theme, setTheme] = useState('system');
  const segments = [
    { value: 'system', label: 'System' },
    { value: 'light', label: 'Light' },
    { value: 'dark', label: 'Dark' },
  ];
  return (
    <Pane label="Settings" surface="bg" header={<PaneHeader title="Settings" />}>
      <div className="px-1">
        <ProfileCard {...people.me} note="+47 412 34 567" href="#profile" />
        <SettingsGroup>
          <SettingsRow
            icon={SunMoon}
            title="Appearance"
            trailing={<Segmented label="Appearance" segments={segments} value={theme} onChange={setTheme} />}
          />
          <SettingsRow icon={Bell} title="Notifications" note="Sounds, quiet hours" href="#n" onPress={nothing} />
        </SettingsGroup>
        <SettingsGroup>
          <SettingsRow
            icon={Smartphone}
            title="Devices"
            note="2 signed in"
            href="#d"
            isSelected={selected === 'devices'}
            onPress={nothing}
          />
          <SettingsRow icon={Database} title="Storage" note="184 MB · kept by the browser" href="#s" onPress={nothing} />
        </SettingsGroup>
        <SettingsGroup>
          <SettingsRow icon={LifeBuoy} title="About and help" note="Version 1.0 · up to date" href="#a" onPress={nothing} />
          <SettingsRow icon={LogOut} title="Sign out of this device" isDestructive onPress={nothing} />
        </SettingsGroup>
      </div>
    </Pane>
  );
}

export function SettingsScreen() {
  return <Shell active="settings" pane="list" list={<SettingsList />} main={<NoConversation />} />;
}

export function DevicesScreen() {
  const [isKept, setKept] = useState(true);
  const signOut = (
    <Button kind="danger-plain" size="s">
      Sign out
    </Button>
  );
  const page = (
    <Pane
      label="Devices"
      surface="bg"
      column="reading"
      header={<PaneHeader title="Devices" onBack={nothing} isBackNarrowOnly hasLine />}
    >
      <SettingsGroup title="This device">
        <SettingsRow
          icon={MonitorSmartphone}
          title="Chromium on Linux"
          note="Signed in 14 Nov 2026 · now"
          trailing={<ShieldCheck size={20} className="text-ok" aria-label="This device" />}
        />
      </SettingsGroup>
      <SettingsGroup title="Other devices" note="Signing a device out also removes what it keeps, as soon as it is online.">
        <SettingsRow icon={Smartphone} title="Firefox on Android" note="Last active yesterday 21:14" trailing={signOut} />
        <SettingsRow
          icon={Smartphone}
          title="A device with a very long name that somebody typed in a hurry"
          note="Last active 3 Nov"
          trailing={signOut}
        />
      </SettingsGroup>
      <SettingsGroup title="By chat">
        <SettingsRow
          leading={<Avatar {...harbour} size={9} />}
          title="Harbour crew"
          note="Always kept on this device"
          value="61 MB"
          trailing={<Switch label="Keep Harbour crew" isOn={isKept} onChange={setKept} />}
        />
        <SettingsRow
          leading={<Avatar {...people.khalid} size={9} />}
          title={<bdi>{people.khalid.name}</bdi>}
          note="1,204 messages"
          value="22 MB"
          trailing={<Switch label="Keep" isOn={!isKept} onChange={(on) => setKept(!on)} />}
        />
      </SettingsGroup>
    </Pane>
  );
  return <Shell active="settings" pane="main" list={<SettingsList selected="devices" />} main={page} />;
}
