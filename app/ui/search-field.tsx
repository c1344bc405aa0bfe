import { useLingui } from '@lingui/react';
import { Search, X } from 'lucide-react';
import type { Ref } from 'react';

export type SearchFieldProps = {
  /** Also the placeholder. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean | undefined;
  /** Escape in an empty field; in one with words it clears them. */
  readonly onEscape?: (() => void) | undefined;
  readonly ref?: Ref<HTMLInputElement> | undefined;
};

export function SearchField({ label, value, onChange, autoFocus, ref, onEscape }: SearchFieldProps) {
  const { i18n } = useLingui();
  return (
    <div
      role="search"
      aria-label={label}
      className="flex min-h-10 items-center rounded-full bg-sunk ps-3.5 text-ink-2 outline-accent-text has-[input:focus-visible]:outline-2"
    >
      <Search size="1.125rem" aria-hidden="true" />
      <input
        ref={ref}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={value}
        autoFocus={autoFocus}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (value === '') return onEscape?.();
          event.stopPropagation();
          onChange('');
        }}
        className="min-w-0 flex-1 bg-transparent px-2.5 text-body text-ink outline-none placeholder:text-ink-2 pointer-coarse:text-head"
      />
      {value !== '' && (
        <button
          type="button"
          aria-label={i18n._('Clear search')}
          onClick={() => onChange('')}
          className="grid size-10 flex-none place-items-center rounded-full hover:text-ink"
        >
          <X size="1rem" aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
