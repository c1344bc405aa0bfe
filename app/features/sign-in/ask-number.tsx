import { useLingui } from '@lingui/react';
import { useMemo, useState } from 'react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { PhoneField } from '../../ui/phone-field.tsx';
import type { Account, CodeSent } from '../frame/account.ts';
import { likelyCountry, usePhoneNumbers } from '../frame/phone-numbers.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskNumberProps = {
  readonly account: Pick<Account, 'requestCode'>;
  readonly initialPhone: string | undefined;
  readonly onSent: (sent: CodeSent) => void;
};

export function AskNumber({ account, initialPhone, onSent }: AskNumberProps) {
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  const [country, setCountry] = useState(likelyCountry);
  const [number, setNumber] = useState(initialPhone ?? '');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const locales = localesOf(i18n);
  const countries = useMemo(() => numbers?.countries([locales].flat()) ?? [], [numbers, locales]);
  useTitle(i18n._('Sign in'));

  const submit = async () => {
    const phone = numbers ? numbers.parse(number, country) : plainNumber(number);
    if (phone === undefined) {
      setError(
        number.trim() === ''
          ? i18n._('Type your phone number.')
          : i18n._('This does not look like a phone number of this country.'),
      );
      return;
    }
    setBusy(true);
    setError(undefined);
    const outcome = await account.requestCode(phone);
    setBusy(false);
    if (outcome.kind === 'ok') onSent(outcome.value);
    else setError(troubleWords(i18n, outcome));
  };
  return (
    <AuthLayout
      hasLogo
      title={i18n._('Chat that works where the network doesn’t')}
      lead={i18n._('Your number is your name here. We send one code to check it is yours.')}
    >
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <PhoneField
          label={i18n._('Phone number')}
          countries={countries}
          country={country}
          onCountryChange={setCountry}
          number={number}
          onNumberChange={(typed) => {
            setNumber(typed);
            setError(undefined);
            const typedCountry = typed.trim().startsWith('+') ? numbers?.countryOf(typed) : undefined;
            if (typedCountry) setCountry(typedCountry);
          }}
          error={error}
          autoFocus
        />
        <Button type="submit" isWide disabled={isBusy}>
          {isBusy ? i18n._('Sending…') : i18n._('Send code')}
        </Button>
      </form>
    </AuthLayout>
  );
}

/** Until the rules are here: a number written out with its country code is taken as it is, and the server judges it. */
function plainNumber(number: string): string | undefined {
  const digits = number.replaceAll(/[\s().-]/g, '');
  return /^\+\d{6,15}$/.test(digits) ? digits : undefined;
}
