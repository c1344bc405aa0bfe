import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';

export type BadgeProps = {
  readonly count: number;
  /** `dim` counts without asking for attention: muted chats, the outbox. */
  readonly tone?: 'accent' | 'dim' | undefined;
  readonly size?: 'm' | 's' | undefined;
  /** Read instead of the bare number, e.g. "4 unread messages". */
  readonly label?: string | undefined;
};

const sizes = { m: 'min-w-5 h-5 px-1.5 text-[0.71875rem]', s: 'min-w-[1.0625rem] h-[1.0625rem] px-1 text-micro' };

/** Over an icon a pale badge would vanish, so the small one is dim by being dark. */
function colours(tone: 'accent' | 'dim', size: 'm' | 's'): string {
  if (tone === 'accent') return 'bg-accent text-accent-ink';
  return size === 's' ? 'bg-ink-3 text-panel' : 'bg-dim text-ink-2';
}

/** Beside an icon there is room for two digits and a plus; a third would cover it. */
function shownAs(count: number, size: 'm' | 's', i18n: I18n): string {
  if (size === 's' && count > 99) return i18n._('99+');
  return count > 999 ? i18n._('999+') : i18n.number(count);
}

export function Badge({ count, tone = 'accent', size = 'm', label }: BadgeProps) {
  const { i18n } = useLingui();
  if (count <= 0) return undefined;
  return (
    <span
      className={`inline-grid flex-none place-items-center rounded-full leading-none font-semibold tabular ${sizes[size]} ${colours(tone, size)}`}
    >
      <span aria-hidden={label !== undefined}>{shownAs(count, size, i18n)}</span>
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
