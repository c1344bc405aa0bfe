import { useLingui } from '@lingui/react';
import { ChevronDown } from 'lucide-react';
import { useId, type ComponentProps } from 'react';
import { FieldLabel, FieldNote } from './text-field.tsx';

export type Country = {
  /** ISO 3166 alpha-2; unique, unlike the calling code. */
  readonly code: string;
  readonly name: string;
  /** Digits only, without the plus. */
  readonly callingCode: string;
  readonly flag: string;
};

export type PhoneFieldProps = {
  readonly label: string;
  readonly countries: readonly Country[];
  readonly country: string;
  readonly onCountryChange: (code: string) => void;
  readonly number: string;
  readonly onNumberChange: (number: string) => void;
  /** The field is left: what stands in it may be put in order without the cursor jumping. */
  readonly onLeave?: (() => void) | undefined;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly autoFocus?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly placeholder?: string | undefined;
  readonly autoComplete?: ComponentProps<'input'>['autoComplete'];
};

/** A native select lies invisibly over the drawn code: every platform's own picker, search and screen reader work. */
export function PhoneField(props: PhoneFieldProps) {
  const { i18n } = useLingui();
  const id = useId();
  const country = props.countries.find(({ code }) => code === props.country) ?? props.countries[0];
  return (
    <div>
      <FieldLabel htmlFor={id}>{props.label}</FieldLabel>
      <div
        className="field-edge flex min-h-12 items-stretch rounded-m text-sub tabular"
        dir="ltr"
        data-invalid={props.error ? '' : undefined}
      >
        <span className="relative flex items-center rounded-s-m has-focus-visible:bg-accent-soft">
          <span aria-hidden="true" className="flex items-center gap-1.5 ps-3.5 pe-3 text-head">
            <span>{country?.flag}</span>
            <span>+{country?.callingCode}</span>
            <ChevronDown size="1rem" className="text-ink-2" />
          </span>
          <select
            aria-label={i18n._('Country')}
            className="absolute inset-0 w-full cursor-pointer text-head opacity-0"
            value={props.country}
            disabled={props.isDisabled}
            onChange={(event) => props.onCountryChange(event.target.value)}
          >
            {props.countries.map(({ code, name, callingCode, flag }) => (
              <option key={code} value={code}>
                {`${flag} ${name} (+${callingCode})`}
              </option>
            ))}
          </select>
        </span>
        <span aria-hidden="true" className="my-3 w-px flex-none bg-line" />
        <input
          id={id}
          type="tel"
          inputMode="tel"
          autoComplete={props.autoComplete ?? 'tel-national'}
          className="w-full min-w-0 rounded-e-m bg-transparent px-3.5"
          value={props.number}
          placeholder={props.placeholder}
          disabled={props.isDisabled}
          autoFocus={props.autoFocus}
          aria-invalid={props.error !== undefined}
          aria-describedby={`${id}-note`}
          onChange={(event) => props.onNumberChange(event.target.value)}
          onBlur={props.onLeave}
        />
      </div>
      <FieldNote id={`${id}-note`} hint={props.hint} error={props.error} />
    </div>
  );
}
