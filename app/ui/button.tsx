import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

export type ButtonProps = ComponentProps<'button'> & {
  /** `plain` is text in the accent, for what stands inside a sentence or a row. */
  readonly kind?: 'primary' | 'soft' | 'plain' | 'danger' | 'danger-plain' | undefined;
  readonly size?: 'm' | 's' | 'xs' | undefined;
  readonly isWide?: boolean | undefined;
  readonly icon?: LucideIcon | undefined;
};

const kinds = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-strong',
  soft: 'bg-accent-soft text-accent-text hover:bg-[color-mix(in_oklch,var(--accent-soft),var(--accent)_9%)]',
  plain: 'text-accent-text hover:bg-accent-soft',
  danger: 'bg-danger text-danger-ink hover:brightness-95',
  'danger-plain': 'text-danger hover:bg-danger-soft',
};

const sizes = {
  m: 'min-h-12 px-5 rounded-m text-body',
  s: 'min-h-10 px-4 rounded-full text-preview',
  xs: 'min-h-10 px-2.5 rounded-s text-note',
};

export function Button({ kind = 'primary', size = 'm', isWide = false, icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex items-center justify-center gap-2 font-semibold transition-colors duration-120 active:opacity-85 disabled:opacity-55 ${kinds[kind]} ${sizes[size]} ${isWide ? 'w-full' : ''} ${className ?? ''}`}
    >
      {Icon && <Icon size="1.125rem" aria-hidden="true" />}
      {children}
    </button>
  );
}
