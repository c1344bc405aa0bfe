import { useId, type ComponentProps } from 'react';

export type TextFieldProps = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
};

export function TextField({ label, value, onChange, hint, error, id, className, ...rest }: TextFieldProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  return (
    <div className={className}>
      <FieldLabel htmlFor={fieldId}>{label}</FieldLabel>
      <div className="field-edge flex min-h-12 items-center rounded-m px-3.5" data-invalid={error ? '' : undefined}>
        <input
          dir="auto"
          {...rest}
          id={fieldId}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={error !== undefined}
          aria-describedby={error || hint ? `${fieldId}-note` : undefined}
          className="w-full min-w-0 bg-transparent text-sub"
        />
      </div>
      <FieldNote id={`${fieldId}-note`} hint={hint} error={error} />
    </div>
  );
}

export function FieldLabel({ htmlFor, children }: { readonly htmlFor: string; readonly children: string }) {
  return (
    <label htmlFor={htmlFor} className="mb-1.5 block text-note font-[550] text-ink-2">
      {children}
    </label>
  );
}

export type FieldNoteProps = { readonly id: string; readonly hint?: string | undefined; readonly error?: string | undefined };

/** The error takes the hint's place: one sentence at a time, and it is announced. */
export function FieldNote({ id, hint, error }: FieldNoteProps) {
  return (
    <p
      id={id}
      role={error ? 'alert' : undefined}
      className={`mt-1.5 text-note empty:hidden ${error ? 'text-danger' : 'text-ink-2'}`}
    >
      {error ?? hint}
    </p>
  );
}
