import { useLingui } from '@lingui/react';
import { Phone } from 'lucide-react';
import { useId, useState } from 'react';
import { limits } from '#sync-protocol';
import { useMe } from '../../store/queries/queries.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { hueOf } from '../../ui/hue.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { styleVars } from '../../ui/style-vars.ts';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { useTitle } from '../frame/title.ts';

/** How one appears to others. Changed here at once, and sent when there is a network. */
export function Profile() {
  const { i18n } = useLingui();
  const profile = useMe();
  const back = useBack(paths.settings);
  useTitle(i18n._('Profile'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Profile')}
      header={<PaneHeader title={i18n._('Profile')} onBack={back} isBackNarrowOnly hasLine />}
    >
      {profile && (
        <div className="grid gap-4">
          <ProfileForm key={profile.id} name={profile.name} about={profile.about} hue={profile.hue} />
          <NumberRow phone={profile.phone} />
        </div>
      )}
    </Pane>
  );
}

function NumberRow({ phone }: { readonly phone: string | undefined }) {
  const { i18n } = useLingui();
  const go = useGo();
  const numbers = usePhoneNumbers();
  const shown = phone === undefined ? undefined : (numbers?.format(phone) ?? phone);
  return (
    <SettingsGroup>
      <SettingsRow
        icon={Phone}
        title={i18n._('Phone number')}
        note={shown === undefined ? i18n._('None: another account has taken it over') : <bdi dir="ltr">{shown}</bdi>}
        value={i18n._('Change')}
        href={paths.number}
        onPress={() => go(paths.number)}
      />
    </SettingsGroup>
  );
}

type Written = { readonly name: string; readonly about: string; readonly hue?: number | undefined };

function ProfileForm(initial: Written) {
  const { i18n } = useLingui();
  const { me, commands, toast } = useFrame();
  const [name, setName] = useState(initial.name);
  const [about, setAbout] = useState(initial.about);
  const [hue, setHue] = useState(initial.hue);
  const hueId = useId();
  const isChanged = name.trim() !== initial.name || about.trim() !== initial.about || hue !== initial.hue;
  const save = async () => {
    await commands.changeProfile({ name: name.trim(), about: about.trim(), ...(hue !== undefined && { hue }) });
    toast({ text: i18n._('Saved') });
  };
  return (
    <form
      className="grid gap-4 rounded-m bg-panel p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && name.trim() !== '') void save();
      }}
    >
      <div className="grid justify-items-center gap-3 pt-2">
        <Avatar id={me} name={name} size={22} hue={hue} />
        <label htmlFor={hueId} className="text-note font-[550] text-ink-2">
          {i18n._('Colour')}
        </label>
        <input
          id={hueId}
          type="range"
          min={0}
          max={359}
          value={hue ?? hueOf(me)}
          onChange={(event) => setHue(Number(event.target.value))}
          className="hue hue-slider w-full max-w-80 rounded-full"
          style={styleVars({ '--hue': hue ?? hueOf(me) })}
        />
      </div>
      <TextField
        label={i18n._('Name')}
        value={name}
        onChange={setName}
        maxLength={limits.nameCharsMax}
        error={name.trim() === '' ? i18n._('A name is needed.') : undefined}
        autoComplete="name"
      />
      <TextField
        label={i18n._('About')}
        value={about}
        onChange={setAbout}
        maxLength={limits.aboutCharsMax}
        hint={i18n._('A line about you, for people you write to.')}
      />
      <div className="flex justify-end">
        <Button type="submit" size="s" disabled={!isChanged || name.trim() === ''}>
          {i18n._('Save')}
        </Button>
      </div>
    </form>
  );
}
