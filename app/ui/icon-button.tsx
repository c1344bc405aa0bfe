import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

export type IconButtonProps = Omit<ComponentProps<'button'>, 'children' | 'aria-label'> & {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Turned round in right-to-left layouts: arrows, not symbols. */
  readonly isDirectional?: boolean | undefined;
  readonly iconSize?: number | undefined;
};

export function IconButton({ label, icon: Icon, isDirectional = false, iconSize = 21, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={`grid size-10 flex-none place-items-center rounded-full text-ink-2 transition-colors duration-120 hover:bg-sunk hover:text-ink disabled:opacity-45 disabled:hover:bg-transparent ${className ?? ''}`}
    >
      <Icon size={`${iconSize / 16}rem`} aria-hidden="true" className={isDirectional ? 'flip-rtl' : ''} />
    </button>
  );
}
