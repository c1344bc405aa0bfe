import { useId, useState } from 'react';
import { FieldNote } from './text-field.tsx';

export type CodeFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (digits: string) => void;
  /** Called once the last digit is in, typed, pasted or filled in from the SMS. */
  readonly onComplete?: ((digits: string) => void) | undefined;
  readonly length?: number | undefined;
  readonly error?: string | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly autoFocus?: boolean | undefined;
};

/** One input with a cell for each digit drawn beneath it, long codes in two rows. Digits of any script are taken; what is pasted may hold spaces. */
export function CodeField({ label, value, onChange, onComplete, length = 6, error, isDisabled, autoFocus }: CodeFieldProps) {
  const id = useId();
  const [isTyping, setTyping] = useState(false);
  const take = (text: string) => {
    const digits = westernDigits(text).slice(0, length);
    onChange(digits);
    if (digits.length === length && digits !== value) onComplete?.(digits);
  };
  return (
    <div>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <div className="code-cells relative" dir="ltr">
        <div aria-hidden="true" className={`grid gap-[min(0.5rem,2vw)] ${length > 6 ? 'grid-cols-5' : 'grid-cols-6'}`}>
          {Array.from({ length }, (_, index) => (
            <span
              key={index}
              data-active={isTyping && index === Math.min(value.length, length - 1) ? '' : undefined}
              className={`grid h-14 place-items-center rounded-m border text-[1.5rem] font-semibold tabular data-active:border-accent data-active:shadow-[0_0_0_3px_var(--accent-soft)] ${error ? 'border-danger' : 'border-edge'}`}
            >
              {value[index] ?? ''}
            </span>
          ))}
        </div>
        <input
          id={id}
          className="code-input"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]*"
          value={value}
          disabled={isDisabled}
          autoFocus={autoFocus}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-note`}
          onFocus={() => setTyping(true)}
          onBlur={() => setTyping(false)}
          onChange={(event) => take(event.target.value)}
        />
      </div>
      <FieldNote id={`${id}-note`} error={error} />
    </div>
  );
}

/** Arabic-Indic, Persian and Devanagari keyboards type their own digits; the code is the same. */
function westernDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => String(digitValue(digit))).replaceAll(/\D/g, '');
}

/** Unicode lays decimal digits out in runs of ten, zero first, each run starting after something that is not a digit. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
