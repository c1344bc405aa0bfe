import { useId } from 'react';

export type Segment<Value extends string> = { readonly value: Value; readonly label: string };

export type SegmentedProps<Value extends string> = {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
};

/** Radio buttons drawn as one control: arrows move, one answer at a time. */
export function Segmented<Value extends string>({ label, segments, value, onChange }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="flex min-w-0 grow flex-wrap gap-0.5 rounded-[0.625rem] bg-sunk p-[3px]">
      <legend className="sr-only">{label}</legend>
      {segments.map((segment) => (
        <label
          key={segment.value}
          className="relative grid min-h-8.5 grow place-items-center rounded-s px-3 text-note font-medium text-ink-2 outline-accent-text transition-colors duration-120 hover:text-ink has-checked:bg-panel has-checked:text-ink has-checked:shadow-soft has-focus-visible:outline-2 forced-colors:has-checked:outline"
        >
          <input
            type="radio"
            name={name}
            className="absolute inset-0 opacity-0"
            checked={segment.value === value}
            onChange={() => onChange(segment.value)}
          />
          {segment.label}
        </label>
      ))}
    </fieldset>
  );
}
