import { useLingui } from '@lingui/react';
import { CircleDashed, History, Lock } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { dayLabel, localesOf } from './dates.ts';
import type { LoadState } from './list-item.ts';

export type DaySeparatorProps = { readonly timeMs: number; readonly nowMs: number };

export function DaySeparator({ timeMs, nowMs }: DaySeparatorProps) {
  const { i18n } = useLingui();
  const words = { today: i18n._('Today'), yesterday: i18n._('Yesterday') };
  return (
    <div className="flex justify-center pt-3.5 pb-2 text-[0.78125rem]">
      <time
        dateTime={new Date(timeMs).toISOString().slice(0, 10)}
        className="rounded-full bg-[color-mix(in_oklch,var(--panel)_75%,transparent)] px-3 py-1 font-medium text-ink-2"
      >
        {dayLabel({ timeMs, nowMs }, localesOf(i18n), words)}
      </time>
    </div>
  );
}

/** Something that happened, said once, quietly. */
export function SystemLine({ children }: { readonly children: ReactNode }) {
  return <p className="mx-auto max-w-lg px-4 py-2.5 text-center text-[0.78125rem] wrap-any text-ink-2">{children}</p>;
}

export function UnreadDivider({ count }: { readonly count: number }) {
  const { i18n } = useLingui();
  const line = 'h-px flex-1 bg-[color-mix(in_oklch,var(--accent)_35%,transparent)]';
  return (
    <div role="separator" className="flex items-center gap-3 pt-2.5 pb-1.5 text-[0.78125rem] font-semibold text-accent-text">
      <span className={line} />
      {i18n._('{count, plural, one {# new message} other {# new messages}}', { count })}
      <span className={line} />
    </div>
  );
}

export type HoleMarkerProps = {
  readonly count: number;
  readonly load: LoadState;
  readonly onLoad?: (() => void) | undefined;
};

/** Messages that exist and are not here. Said plainly: a hole that looks like a day's end is a lie. */
export function HoleMarker({ count, load, onLoad }: HoleMarkerProps) {
  const { i18n } = useLingui();
  const said = i18n._(
    '{count, plural, one {# earlier message is not on this device} other {# earlier messages are not on this device}}',
    { count },
  );
  return (
    <Marker
      icon={CircleDashed}
      load={load}
      onLoad={onLoad}
      action={i18n._('Load')}
      text={load === 'failed' ? i18n._('Could not load the earlier messages') : said}
    />
  );
}

export type StaleMarkerProps = { readonly load: LoadState; readonly onLoad?: (() => void) | undefined };

/** Messages that are here but have not been checked against the server for so long that edits may be missing. */
export function StaleMarker({ load, onLoad }: StaleMarkerProps) {
  const { i18n } = useLingui();
  const said = i18n._('Older copy: later edits and deletions may be missing');
  return (
    <Marker
      icon={History}
      load={load}
      onLoad={onLoad}
      action={i18n._('Check')}
      text={load === 'failed' ? i18n._('Could not check these messages') : said}
    />
  );
}

/** A stretch of the conversation this person was not a member for; nothing to load. */
export function NotHereMarker() {
  const { i18n } = useLingui();
  return <Marker icon={Lock} load="idle" text={i18n._('You were not here for this part of the conversation')} />;
}

type MarkerProps = {
  readonly icon: LucideIcon;
  readonly text: string;
  readonly load: LoadState;
  readonly action?: string | undefined;
  readonly onLoad?: (() => void) | undefined;
};

function Marker({ icon: Icon, text, load, action, onLoad }: MarkerProps) {
  const { i18n } = useLingui();
  return (
    <div className="py-1.5">
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-2 rounded-m border-[1.5px] border-dashed border-line bg-[color-mix(in_oklch,var(--panel)_60%,transparent)] ps-3.5 pe-1 text-[0.78125rem] text-ink-2">
        <span className={`flex min-w-0 flex-1 basis-48 items-center gap-2 py-1.5 ${load === 'failed' ? 'text-danger' : ''}`}>
          <Icon size="1rem" aria-hidden="true" />
          <span>{text}</span>
        </span>
        {onLoad && (
          <Button kind="plain" size="xs" disabled={load === 'loading'} onClick={onLoad}>
            {load === 'loading' ? i18n._('Loading…') : load === 'failed' ? i18n._('Try again') : action}
          </Button>
        )}
      </div>
    </div>
  );
}
