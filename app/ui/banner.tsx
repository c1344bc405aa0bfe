import { Trans, useLingui } from '@lingui/react';
import { Ban, CloudOff, Download, LoaderCircle, LogIn, RefreshCw, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What stands between this device and the server. Nothing is shown while all is well. */
export type LinkStatus =
  | { readonly at: 'offline'; readonly waitingCount: number }
  | { readonly at: 'connecting'; readonly retryInSeconds?: number | undefined; readonly waitingCount?: number | undefined }
  | { readonly at: 'catching-up'; readonly count?: number | undefined }
  | { readonly at: 'signed-out' }
  | { readonly at: 'update-required' };

export type BannerProps = {
  readonly status: LinkStatus;
  /** Show (offline), Retry (connecting), Sign in, Update. Without it there is no button. */
  readonly onAct?: (() => void) | undefined;
  /** Rounded, inside a page; otherwise a band across the conversation. */
  readonly isInset?: boolean | undefined;
};

const icons = {
  offline: CloudOff,
  connecting: RefreshCw,
  'catching-up': LoaderCircle,
  'signed-out': LogIn,
  'update-required': Download,
};

export function Banner({ status, onAct, isInset = false }: BannerProps) {
  const { i18n } = useLingui();
  if (status.at === 'catching-up') return <CatchingUp count={status.count} />;
  const Icon = icons[status.at];
  const actions = {
    offline: i18n._('Show'),
    connecting: i18n._('Retry'),
    'signed-out': i18n._('Sign in'),
    'update-required': i18n._('Update'),
  };
  return (
    <Band icon={Icon} isInset={isInset} action={onAct && { label: actions[status.at], onAct }}>
      <BannerText status={status} />
    </Band>
  );
}

type Action = { readonly label: string; readonly onAct: () => void };

export type WarningBandProps = {
  readonly children: ReactNode;
  readonly action?: Action | undefined;
  readonly isInset?: boolean | undefined;
};

/** What this device itself cannot do. */
export const WarningBand = (props: WarningBandProps) => <Band icon={Ban} {...props} />;

function Band({ icon: Icon, isInset = false, action, children }: WarningBandProps & { readonly icon: LucideIcon }) {
  return (
    <div
      role="status"
      className={`flex min-h-12 flex-wrap items-center gap-x-2.5 bg-warn ps-4.5 pe-2 text-[0.84375rem] leading-[1.35] text-warn-ink ${isInset ? 'rounded-m' : ''}`}
    >
      <span className="flex min-w-0 flex-1 basis-48 items-center gap-2.5 py-1">
        <Icon size="1.0625rem" aria-hidden="true" className="flex-none" />
        <span className="min-w-0 flex-1">{children}</span>
      </span>
      {action && (
        <button
          type="button"
          onClick={action.onAct}
          className="ms-auto min-h-10 flex-none rounded-full px-2.5 font-semibold hover:underline"
        >
          {action.label}
        </button>
      )}
    </div>
  );
}

function BannerText({ status }: { readonly status: Exclude<LinkStatus, { at: 'catching-up' }> }) {
  const bold = { 0: <b /> };
  switch (status.at) {
    case 'offline':
      return (
        <Trans
          id="{count, plural, =0 {<0>Offline.</0> What you write is sent when you’re back.} one {<0>Offline.</0> # message will be sent when you’re back.} other {<0>Offline.</0> # messages will be sent when you’re back.}}"
          values={{ count: status.waitingCount }}
          components={bold}
        />
      );
    case 'connecting':
      return (
        <>
          <Trans id="<0>No connection to the server.</0>" components={bold} />{' '}
          {/* The seconds tick for the eye only; read aloud they would never stop. */}
          <span aria-hidden="true" className="inline-block tabular">
            {status.retryInSeconds === undefined ? (
              <Trans id="Connecting…" />
            ) : (
              <Trans id="{count, plural, =0 {Trying now} other {Next try in # s}}" values={{ count: status.retryInSeconds }} />
            )}
          </span>
        </>
      );
    case 'signed-out':
      return (
        <Trans
          id="<0>You are signed out.</0> What is on this device stays readable; sign in to send and receive."
          components={bold}
        />
      );
    case 'update-required':
      return (
        <Trans id="<0>This version is too old to talk to the server.</0> Nothing is lost: update to go on." components={bold} />
      );
  }
}

/** No band: it would push the page about for a second. A thin line, and words for those who cannot see it. */
function CatchingUp({ count }: { readonly count?: number | undefined }) {
  const { i18n } = useLingui();
  return (
    <div role="status" className="relative z-1 h-0">
      <div className="h-0.5 overflow-hidden bg-[color-mix(in_oklch,var(--accent)_22%,transparent)]">
        <div className="h-full w-2/5 animate-[slide-bar_1.4s_var(--ease-out)_infinite] bg-accent" />
      </div>
      <span className="sr-only">
        {count === undefined
          ? i18n._('Catching up')
          : i18n._('{count, plural, one {Catching up: # message to go} other {Catching up: # messages to go}}', { count })}
      </span>
    </div>
  );
}
