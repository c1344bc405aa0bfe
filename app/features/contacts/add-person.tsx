import { useLingui } from '@lingui/react';
import { useEffect, useMemo, useState } from 'react';
import { limits } from '#sync-protocol';
import { useContacts, useLink, useMe } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { PhoneField } from '../../ui/phone-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useReplace } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { likelyCountry, usePhoneNumbers } from '../frame/phone-numbers.ts';
import { useTitle } from '../frame/title.ts';

/** Works without a network too: the number is a queued request, and the person turns up when it was answered. */
export function AddPerson() {
  const { i18n } = useLingui();
  const back = useBack(paths.people);
  useTitle(i18n._('Add by number'));
  return (
    <Pane
      column="reading"
      label={i18n._('Add by number')}
      header={<PaneHeader title={i18n._('Add by number')} onBack={back} isBackNarrowOnly hasLine />}
    >
      <div className="mx-auto max-w-90 p-3 pt-6">
        <AddForm />
      </div>
    </Pane>
  );
}

function AddForm() {
  const { i18n } = useLingui();
  const { commands, toast } = useFrame();
  const replace = useReplace();
  const numbers = usePhoneNumbers();
  const ownPhone = useMe()?.phone;
  const isLive = useLink().link.at === 'live';
  const [country, setCountry] = useState<string>();
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const [asked, setAsked] = useState<string>();
  useOpenWhenFound(asked);
  const locales = localesOf(i18n);
  const countries = useMemo(() => numbers?.countries([locales].flat()) ?? [], [numbers, locales]);
  // People mostly add people of their own country.
  const chosen = country ?? (ownPhone === undefined ? undefined : numbers?.countryOf(ownPhone)) ?? likelyCountry();

  const add = async () => {
    const phone = numbers?.parse(number, chosen);
    if (phone === undefined) return setError(i18n._('This does not look like a phone number of this country.'));
    if (phone === ownPhone) return setError(i18n._('This is your own number.'));
    await commands.addContactByNumber({ phone, ...(name.trim() !== '' && { name: name.trim() }) });
    if (isLive) return setAsked(phone);
    toast({ text: i18n._('Added when you are online.') });
    return replace(paths.people);
  };
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <PhoneField
        label={i18n._('Phone number')}
        countries={countries}
        country={chosen}
        onCountryChange={setCountry}
        number={number}
        onNumberChange={(typed) => {
          setNumber(typed);
          setError(undefined);
          const typedCountry = typed.trim().startsWith('+') ? numbers?.countryOf(typed) : undefined;
          if (typedCountry) setCountry(typedCountry);
        }}
        error={error}
        autoComplete="off"
        autoFocus
      />
      <TextField
        label={i18n._('What you call them')}
        hint={i18n._('Only you see it. Leave it empty to use their own name.')}
        value={name}
        onChange={setName}
        maxLength={limits.nameCharsMax}
        autoComplete="off"
      />
      <Button type="submit" isWide>
        {i18n._('Add')}
      </Button>
    </form>
  );
}

/** Opens the person once the number has become one. Until then the list shows it as being added. */
function useOpenWhenFound(phone: string | undefined): void {
  const replace = useReplace();
  const found = useContacts()?.find((contact) => contact.phone !== undefined && contact.phone === phone);
  useEffect(() => {
    if (found) replace(paths.person(found.id));
  }, [found, replace]);
}
