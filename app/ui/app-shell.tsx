import { useLingui } from '@lingui/react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from './badge.tsx';
import { Logo } from './logo.tsx';
import { openInPlace } from './open-in-place.ts';

export type NavItem = {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly href: string;
  readonly badge?: number | undefined;
  readonly badgeTone?: 'accent' | 'dim' | undefined;
  /** At the foot of the rail (settings); the tab bar keeps the order. */
  readonly isAtFoot?: boolean | undefined;
};

export type AppShellProps = {
  readonly nav: readonly NavItem[];
  readonly activeId: string;
  readonly onNavigate: (id: string) => void;
  /** Which pane is on screen when there is room for one. Wide windows show list and main together. */
  readonly pane: 'list' | 'main' | 'details';
  readonly list: ReactNode;
  readonly main: ReactNode;
  /** Beside the conversation from 1,200 px; over it below that, and only while `pane` is `details`. */
  readonly details?: ReactNode;
  /** The person's own avatar at the foot of the rail. */
  readonly me?: ReactNode;
  /** Whether the tab bar shows on narrow windows; by default only under a list. */
  readonly hasTabBar?: boolean | undefined;
  /** The update prompt: under the header of a narrow window and in that of a wide one, clear of the newest message and the field. */
  readonly floating?: ReactNode;
};

/** Widths are container queries in rem: half the window or twice the text size fold it alike. */
export function AppShell(props: AppShellProps) {
  const { i18n } = useLingui();
  const { pane, details } = props;
  const hasTabBar = props.hasTabBar ?? pane === 'list';
  const only = (name: AppShellProps['pane']) => (pane === name ? 'flex' : 'hidden');
  return (
    <div className="@container/shell h-dvh overflow-hidden bg-bg pt-[env(safe-area-inset-top)] pr-[env(safe-area-inset-right)] pl-[env(safe-area-inset-left)]">
      <a
        href="#conversation"
        className="sr-only z-10 rounded-m bg-raised p-3 font-semibold text-accent-text shadow-float focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {i18n._('Skip to the conversation')}
      </a>
      <div
        data-tabs={hasTabBar ? '' : undefined}
        className={`grid h-full grid-rows-[minmax(0,1fr)_auto] @two/shell:grid-rows-[minmax(0,1fr)] ${details ? 'shell-columns-details' : 'shell-columns'}`}
      >
        <Rail {...props} />
        {/* One landmark for all panes: on a narrow window any of them may be the page. */}
        <main className="contents">
          <div className={`${only('list')} min-h-0 min-w-0 flex-col border-line bg-panel @two/shell:flex @two/shell:border-e`}>
            {props.list}
          </div>
          <div
            id="conversation"
            tabIndex={-1}
            className={`${only('main')} shell-main relative min-h-0 min-w-0 flex-col outline-none @two/shell:flex`}
          >
            {props.main}
          </div>
          {details && (
            <div data-shown={pane === 'details' ? '' : undefined} className="shell-details">
              {details}
            </div>
          )}
        </main>
        {hasTabBar && <TabBar {...props} />}
      </div>
      {props.floating && (
        <div className="pointer-events-none fixed inset-x-3 top-[calc(4.5rem+env(safe-area-inset-top))] z-5 flex justify-center *:pointer-events-auto @two/shell:start-auto @two/shell:end-28 @two/shell:top-[calc(0.375rem+env(safe-area-inset-top))]">
          {props.floating}
        </div>
      )}
    </div>
  );
}

function Rail({ nav, activeId, onNavigate, me }: AppShellProps) {
  const { i18n } = useLingui();
  const link = (item: NavItem) => <RailLink key={item.id} item={item} isActive={item.id === activeId} onNavigate={onNavigate} />;
  return (
    <nav
      aria-label={i18n._('Main')}
      className="hidden flex-col items-center gap-1.5 overflow-y-auto border-e border-line bg-sunk pt-3.5 pb-[calc(1rem+var(--foot))] @two/shell:flex"
    >
      <span className="mb-3.5">
        <Logo />
      </span>
      {nav.filter(({ isAtFoot }) => !isAtFoot).map(link)}
      <span className="flex-1" />
      {nav.filter(({ isAtFoot }) => isAtFoot).map(link)}
      {me && <span className="mt-1">{me}</span>}
    </nav>
  );
}

type NavLinkProps = { readonly item: NavItem; readonly isActive: boolean; readonly onNavigate: (id: string) => void };

function RailLink({ item, isActive, onNavigate }: NavLinkProps) {
  const { icon: Icon } = item;
  return (
    <a
      href={item.href}
      title={item.label}
      aria-label={item.label}
      aria-current={isActive ? 'page' : undefined}
      onClick={(event) => openInPlace(event, () => onNavigate(item.id))}
      className="grid size-11.5 flex-none place-items-center rounded-[0.875rem] text-ink-2 transition-colors duration-120 hover:text-ink aria-[current]:bg-panel aria-[current]:text-accent-text aria-[current]:shadow-soft"
    >
      <span className="relative">
        <Icon size="1.375rem" aria-hidden="true" />
        <span className="absolute start-3 -top-1.5 flex">
          <Badge count={item.badge ?? 0} tone={item.badgeTone} size="s" />
        </span>
      </span>
    </a>
  );
}

function TabBar({ nav, activeId, onNavigate }: AppShellProps) {
  const { i18n } = useLingui();
  return (
    <nav aria-label={i18n._('Main')} className="pad-safe-bottom flex border-t border-line bg-panel @two/shell:hidden">
      {nav.map((item) => (
        <TabLink key={item.id} item={item} isActive={item.id === activeId} onNavigate={onNavigate} />
      ))}
    </nav>
  );
}

function TabLink({ item, isActive, onNavigate }: NavLinkProps) {
  const { icon: Icon } = item;
  return (
    <a
      href={item.href}
      aria-current={isActive ? 'page' : undefined}
      onClick={(event) => openInPlace(event, () => onNavigate(item.id))}
      className="grid min-w-0 flex-1 justify-items-center gap-[3px] px-0.5 pt-[7px] pb-[9px] text-micro font-[550] text-ink-2 -outline-offset-2 aria-[current]:text-accent-text"
    >
      <span className="relative">
        <Icon size="1.375rem" aria-hidden="true" />
        <span className="absolute start-3.5 -top-1 flex">
          <Badge count={item.badge ?? 0} tone={item.badgeTone} size="s" />
        </span>
      </span>
      {/* However large the text: four of them stand side by side, whole. */}
      <span className="max-w-full clip-line text-[length:min(var(--text-micro),4.6vw)]">{item.label}</span>
    </a>
  );
}
