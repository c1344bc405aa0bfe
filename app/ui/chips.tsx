import { useLingui } from '@lingui/react';

export type Chip = { readonly id: string; readonly label: string; readonly count?: number | undefined };

export type ChipsProps = {
  readonly label: string;
  readonly chips: readonly Chip[];
  readonly selectedId: string;
  readonly onSelect: (id: string) => void;
};

/** Drawn 32 high, but 40 to the finger: the padding belongs to the button. */
export function Chips({ label, chips, selectedId, onSelect }: ChipsProps) {
  const { i18n } = useLingui();
  return (
    <div role="group" aria-label={label} className="flex flex-wrap -mt-1 gap-x-1.5 px-4 pb-1.5">
      {chips.map((chip) => (
        <button
          key={chip.id}
          type="button"
          aria-pressed={chip.id === selectedId}
          onClick={() => onSelect(chip.id)}
          className="group min-h-10 rounded-full py-1 -outline-offset-1"
        >
          <span className="flex min-h-8 items-center gap-1.5 rounded-full bg-sunk px-3 text-note font-medium text-ink-2 transition-colors duration-120 group-hover:text-ink group-aria-pressed:bg-accent-soft group-aria-pressed:text-accent-text">
            {chip.label}
            {chip.count !== undefined && chip.count > 0 && <span className="tabular">{i18n.number(chip.count)}</span>}
          </span>
        </button>
      ))}
    </div>
  );
}
