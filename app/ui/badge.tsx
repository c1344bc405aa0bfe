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

export function Badge({ count, tone = 'accent', size = 'm', label }: BadgeProps) {
  const { i18n } = useLingui();
  if (count <= 0) return undefined;
  const shown = count > 999 ? i18n._('999+') : i18n.number(count);
  return (
    <span
      className={`inline-grid flex-none place-items-center rounded-full leading-none font-semibold tabular ${sizes[size]} ${colours(tone, size)}`}
    >
      <span aria-hidden={label !== undefined}>{shown}</span>
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
