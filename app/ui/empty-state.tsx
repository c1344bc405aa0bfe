import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export type EmptyStateProps = {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text?: string | undefined;
  /** One action, a `Button` of size `s`. */
  readonly action?: ReactNode;
  /** On the wash of an empty conversation pane the icon's tile is white. */
  readonly isOnWash?: boolean | undefined;
};

export function EmptyState({ icon: Icon, title, text, action, isOnWash = false }: EmptyStateProps) {
  return (
    <div className="grid place-content-center justify-items-center gap-1 p-8 text-center text-ink-2">
      <span
        aria-hidden="true"
        className={`mb-3.5 grid size-18 place-items-center rounded-[1.5rem] text-accent-text ${isOnWash ? 'bg-panel' : 'bg-accent-soft'}`}
      >
        <Icon size="1.875rem" />
      </span>
      <h2 className="text-section font-[660] tracking-[-0.015em] text-ink">{title}</h2>
      {text && <p className="max-w-75">{text}</p>}
      {action && <div className="mt-4.5">{action}</div>}
    </div>
  );
}
