import { ChevronRight } from 'lucide-react';
import { Avatar } from './avatar.tsx';
import { openInPlace } from './open-in-place.ts';

export type ProfileCardProps = {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly isSelected?: boolean | undefined;
  readonly href?: string | undefined;
  readonly onOpen?: (() => void) | undefined;
};

/** One's own face at the top of the settings. */
export function ProfileCard({ id, name, note, isSelected = false, href, onOpen }: ProfileCardProps) {
  const inside = (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3.5 gap-y-2">
      <Avatar id={id} name={name} size={14} />
      <span className="grid min-w-0 grow basis-28 leading-[1.3]">
        <span className="wrap-anywhere text-sub font-[640] tracking-[-0.01em]">
          <bdi>{name}</bdi>
        </span>
        <span className="wrap-anywhere text-note text-ink-2 tabular">
          <bdi>{note}</bdi>
        </span>
      </span>
    </span>
  );
  const shape = 'mb-4 flex min-h-20 items-center gap-3.5 rounded-m bg-panel px-3.5 py-3';
  if (href === undefined) return <div className={shape}>{inside}</div>;
  return (
    <a
      href={href}
      aria-current={isSelected ? 'page' : undefined}
      onClick={(event) => openInPlace(event, () => onOpen?.())}
      className={`${shape} -outline-offset-2 transition-colors duration-120 hover:bg-[color-mix(in_oklch,var(--panel),var(--sunk)_70%)] aria-[current]:bg-accent-soft aria-[current]:text-accent-text`}
    >
      {inside}
      <ChevronRight size="1.125rem" aria-hidden="true" className="flip-rtl text-ink-3" />
    </a>
  );
}
