import { useLingui } from '@lingui/react';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';

export type PaneHeaderProps = {
  readonly title: string;
  /** With a way back it is a page inside another: a smaller title. */
  readonly onBack?: (() => void) | undefined;
  /** The way back is only for narrow windows, where the pane it leads to is out of sight. */
  readonly isBackNarrowOnly?: boolean | undefined;
  /** Icon buttons, a button. */
  readonly actions?: ReactNode;
  readonly hasLine?: boolean | undefined;
};

export function PaneHeader({ title, onBack, isBackNarrowOnly = false, actions, hasLine = false }: PaneHeaderProps) {
  const { i18n } = useLingui();
  return (
    <header
      className={`flex min-h-16 flex-none items-center gap-1 pe-2.5 ${onBack ? 'ps-2' : 'ps-5'} ${isBackNarrowOnly ? '@two/shell:ps-5' : ''} ${hasLine ? 'border-b border-line bg-panel' : ''}`}
    >
      {onBack && (
        <IconButton
          label={i18n._('Back')}
          icon={ArrowLeft}
          isDirectional
          onClick={onBack}
          className={isBackNarrowOnly ? '@two/shell:hidden' : ''}
        />
      )}
      <h1
        className={`min-w-0 flex-1 clip-line ${onBack ? 'ps-1 text-sub font-[640] tracking-[-0.01em]' : 'text-title font-[680] tracking-[-0.018em]'}`}
      >
        {title}
      </h1>
      {actions}
    </header>
  );
}

export type PaneProps = {
  readonly header?: ReactNode;
  readonly children: ReactNode;
  /** Stays at the foot: a bar of actions. */
  readonly footer?: ReactNode;
  /** `bg` for grouped settings, `panel` for lists. */
  readonly surface?: 'panel' | 'bg' | undefined;
  /** Wide panes keep their content to a readable column. */
  readonly column?: 'full' | 'reading' | undefined;
  /** A header without a line stands over the column; one with a line spans the pane. */
  readonly isHeaderInColumn?: boolean | undefined;
  /** On a narrow window the content follows the title of a list; beside another pane it begins where that one does. */
  readonly isUnderTitle?: boolean | undefined;
  readonly label?: string | undefined;
};

export function Pane({
  header,
  children,
  footer,
  surface = 'panel',
  column = 'full',
  isHeaderInColumn = false,
  isUnderTitle = false,
  label,
}: PaneProps) {
  const top = isHeaderInColumn ? 'pt-2' : isUnderTitle ? 'pt-1 @two/shell:pt-5' : 'pt-5';
  const width = column === 'reading' ? 'mx-auto w-full max-w-170' : '';
  return (
    <section aria-label={label} className={`flex h-full min-h-0 flex-col ${surface === 'bg' ? 'bg-bg' : 'bg-panel'}`}>
      {isHeaderInColumn ? <div className={`flex-none ${width}`}>{header}</div> : header}
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <div
          className={`${column === 'reading' ? `px-3 pb-[calc(1.5rem+var(--foot,0px))] ${top}` : 'px-2 pb-[calc(1rem+var(--foot,0px))]'} ${width}`}
        >
          {children}
        </div>
      </div>
      {footer && (
        <footer className="flex-none border-t border-line pb-[var(--foot,0px)]">
          <div className={`flex min-h-16 flex-wrap items-center gap-2 px-4 py-2.5 ${width}`}>{footer}</div>
        </footer>
      )}
    </section>
  );
}
