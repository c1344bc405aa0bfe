import { useLingui } from '@lingui/react';
import { useEffect, useEffectEvent, useState } from 'react';
import { limits, type OpId } from '#sync-protocol';
import { useAdded } from '../../store/queries/added.ts';
import { useLink, useMe, useOutbox } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { PhoneField } from '../../ui/phone-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useReplace } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { likelyCountry, usePhoneInput, usePhoneNumbers } from '../frame/phone-numbers.ts';
import { parkedWords } from '../frame/refusal-words.ts';
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
  const { commands } = useFrame();
  const numbers = usePhoneNumbers();
  const ownPhone = useMe()?.phone;
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const [asked, setAsked] = useState<OpId>();
  useOutcome(asked, (reason) => {
    setAsked(undefined);
    setError(reason);
  });
  // People mostly add people of their own country.
  const likely = (ownPhone === undefined ? undefined : numbers?.countryOf(ownPhone)) ?? likelyCountry();
  const input = usePhoneInput(numbers, { likely, locales: localesOf(i18n) });
  const { number, country } = input;

  const wrong = (phone: string | undefined) => {
    if (number.trim() === '') return i18n._('Type their phone number.');
    return phone === undefined
      ? i18n._('This does not look like a phone number of this country.')
      : i18n._('This is your own number.');
  };
  const add = async () => {
    const phone = numbers?.parse(number, country);
    if (phone === undefined || phone === ownPhone) {
      setError(wrong(phone));
      return;
    }
    setAsked(await commands.addContactByNumber({ phone, ...(name.trim() !== '' && { name: name.trim() }) }));
  };
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (asked === undefined) void add();
      }}
    >
      <PhoneField
        label={i18n._('Phone number')}
        {...input}
        onNumberChange={(typed) => {
          input.onNumberChange(typed);
          setError(undefined);
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
      <Button type="submit" isWide disabled={asked !== undefined}>
        {asked === undefined ? i18n._('Add') : i18n._('Adding…')}
      </Button>
    </form>
  );
}

/** An answer may take as long as the fast way is waited for, and then comes by the slow one. */
const patienceMs = 12_000;
/** A link that breaks for a moment is not worth leaving for. */
const awayMs = 1_000;

/**
 * What becomes of the number: the person to whom it belongs now, as the server says, opens, or it says no and the form says
 * why. Whoever had it when this device last heard may have another since. Without an answer it is a request that waits, and
 * the list of people shows it.
 */
function useOutcome(asked: OpId | undefined, onRefused: (reason: string) => void): void {
  const { i18n } = useLingui();
  const { commands, toast } = useFrame();
  const replace = useReplace();
  const { link } = useLink();
  const found = useAdded(asked);
  const isAway = link.at === 'offline' || link.at === 'stopped' || (link.at === 'connecting' && link.attempt > 1);
  const refused = useOutbox()?.find(({ opId, state }) => opId === asked && state.at === 'parked');
  const goOn = useEffectEvent(() => {
    toast({ text: i18n._('Added when you are online.') });
    replace(paths.people);
  });
  const sayNo = useEffectEvent((entry: NonNullable<typeof refused>) => {
    if (entry.state.at !== 'parked') return;
    const isNobody = entry.state.refusal === 'not-found';
    onRefused(
      isNobody
        ? i18n._('Nobody here has this number.')
        : i18n._('Not added: {reason}', { reason: parkedWords(i18n, entry.state.refusal) }),
    );
    // Said here and now: it need not wait in the outbox as well.
    void commands.discard(entry.opId);
  });
  useEffect(() => {
    if (asked === undefined) return undefined;
    if (found) {
      replace(paths.person(found));
      return undefined;
    }
    if (refused) {
      sayNo(refused);
      return undefined;
    }
    const timer = setTimeout(goOn, isAway ? awayMs : patienceMs);
    return () => clearTimeout(timer);
  }, [asked, found, refused, isAway, replace]);
}
