import { ChevronRight } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Children, type ReactNode } from 'react';
import { openInPlace } from './open-in-place.ts';

export type SettingsGroupProps = {
  readonly title?: string | undefined;
  readonly note?: string | undefined;
  readonly children: ReactNode;
};

export function SettingsGroup({ title, note, children }: SettingsGroupProps) {
  return (
    <section className="mb-4">
      {title && <h2 className="px-1 pb-2 text-note font-semibold text-ink-2">{title}</h2>}
      <ul className="overflow-hidden rounded-m bg-panel">
        {Children.toArray(children).map((row, index) => (
          <li key={index} className="border-line not-first:border-t">
            {row}
          </li>
        ))}
      </ul>
      {note && <p className="px-1 pt-2 text-note text-ink-2">{note}</p>}
    </section>
  );
}

export type SettingsRowProps = {
  readonly icon?: LucideIcon | undefined;
  readonly leading?: ReactNode;
  readonly title: ReactNode;
  readonly note?: ReactNode;
  /** A value in words, after the title. */
  readonly value?: string | undefined;
  /** A switch, a segmented control, a button. */
  readonly trailing?: ReactNode;
  readonly isDestructive?: boolean | undefined;
  readonly isSelected?: boolean | undefined;
  /** A row that goes somewhere has an address; a row that does something has only `onPress`. */
  readonly href?: string | undefined;
  readonly onPress?: (() => void) | undefined;
  readonly isDisabled?: boolean | undefined;
};

export function SettingsRow(props: SettingsRowProps) {
  const { href, onPress } = props;
  const shape = 'flex min-h-13 w-full items-center gap-3.5 px-3.5 py-2 text-start';
  const pressable =
    'transition-colors duration-120 hover:bg-[color-mix(in_oklch,var(--panel),var(--sunk)_70%)] -outline-offset-2';
  if (href !== undefined) {
    return (
      <a
        href={href}
        aria-current={props.isSelected ? 'page' : undefined}
        onClick={(event) => openInPlace(event, () => onPress?.())}
        className={`${shape} ${pressable} aria-[current]:rounded-m aria-[current]:bg-accent-soft aria-[current]:text-accent-text`}
      >
        <RowInside {...props} />
        <ChevronRight size="1.125rem" aria-hidden="true" className="flip-rtl text-ink-3" />
      </a>
    );
  }
  if (onPress) {
    return (
      <button type="button" onClick={onPress} disabled={props.isDisabled} className={`${shape} ${pressable} disabled:opacity-55`}>
        <RowInside {...props} />
      </button>
    );
  }
  return (
    <div className={shape}>
      <RowInside {...props} />
    </div>
  );
}

function RowInside({ icon: Icon, leading, title, note, value, trailing, isDestructive, isSelected }: SettingsRowProps) {
  const tone = isDestructive ? 'text-danger' : isSelected ? 'text-accent-text' : 'text-ink-2';
  return (
    <>
      {leading}
      {Icon && <Icon size="1.3125rem" aria-hidden="true" className={tone} />}
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3.5 gap-y-2">
        <span className={`grid min-w-0 grow-[999] basis-24 leading-[1.3] ${isDestructive ? 'text-danger' : ''}`}>
          {/* A name in another script keeps its direction and stands where the row begins. */}
          <span className="wrap-anywhere">
            <bdi>{title}</bdi>
          </span>
          {note && (
            <span className="text-note wrap-anywhere text-ink-2">
              <bdi>{note}</bdi>
            </span>
          )}
        </span>
        {value && <span className="text-preview text-ink-2 tabular">{value}</span>}
        {trailing}
      </span>
    </>
  );
}
