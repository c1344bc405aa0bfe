import { useLingui } from '@lingui/react';
import { useState, type ReactNode } from 'react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { PhoneField } from '../../ui/phone-field.tsx';
import type { Account, CodeSent } from '../frame/account.ts';
import { likelyCountry, usePhoneInput, usePhoneNumbers } from '../frame/phone-numbers.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskNumberProps = {
  readonly account: Pick<Account, 'requestCode'>;
  readonly initialPhone: string | undefined;
  readonly onSent: (sent: CodeSent) => void;
  /** What may be done instead; after the form. */
  readonly otherWays?: ReactNode;
};

export function AskNumber({ account, initialPhone, onSent, otherWays }: AskNumberProps) {
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  const [likely] = useState(likelyCountry);
  const input = usePhoneInput(numbers, { likely, initial: initialPhone, locales: localesOf(i18n) });
  const { number, country } = input;
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
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
          {...input}
          onNumberChange={(typed) => {
            input.onNumberChange(typed);
            setError(undefined);
          }}
          error={error}
          autoFocus
        />
        <Button type="submit" isWide disabled={isBusy}>
          {isBusy ? i18n._('Sending…') : i18n._('Send code')}
        </Button>
      </form>
      {otherWays}
    </AuthLayout>
  );
}

/** Until the rules are here: a number written out with its country code is taken as it is, and the server judges it. */
function plainNumber(number: string): string | undefined {
  const digits = number.replaceAll(/[\s().-]/g, '');
  return /^\+\d{6,15}$/.test(digits) ? digits : undefined;
}
