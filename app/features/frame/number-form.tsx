import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { PhoneField } from '../../ui/phone-field.tsx';
import { likelyCountry, usePhoneInput, usePhoneNumbers } from './phone-numbers.ts';

export type NumberFormProps = {
  readonly label: string;
  readonly initialPhone?: string | undefined;
  /** Whose country the number is most likely of. */
  readonly like?: string | undefined;
  readonly submitLabel: string;
  readonly busyLabel: string;
  /** Resolves to why the number was not taken, or to nothing. */
  readonly onNumber: (phone: string) => Promise<string | undefined>;
};

/** A number as people type it, to one the whole world agrees on. */
export function NumberForm({ label, initialPhone, like, submitLabel, busyLabel, onNumber }: NumberFormProps) {
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  const [fallback] = useState(likelyCountry);
  const likely = (like === undefined ? undefined : numbers?.countryOf(like)) ?? fallback;
  const input = usePhoneInput(numbers, { likely, initial: initialPhone, locales: localesOf(i18n) });
  const { number, country } = input;
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

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
    const words = await onNumber(phone);
    setBusy(false);
    setError(words);
  };
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      <PhoneField
        label={label}
        {...input}
        onNumberChange={(typed) => {
          input.onNumberChange(typed);
          setError(undefined);
        }}
        error={error}
        autoFocus
      />
      <Button type="submit" isWide disabled={isBusy}>
        {isBusy ? busyLabel : submitLabel}
      </Button>
    </form>
  );
}

/** Until the rules are here: a number written out with its country code is taken as it is, and the server judges it. */
function plainNumber(number: string): string | undefined {
  const digits = number.replaceAll(/[\s().-]/g, '');
  return /^\+\d{6,15}$/.test(digits) ? digits : undefined;
}
