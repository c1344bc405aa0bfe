import { useLingui } from '@lingui/react';
import { CircleAlert, Clock, LoaderCircle, Pencil, Trash2, Users } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { listTime, localesOf } from './dates.ts';

export type OutboxRowState =
  | { readonly at: 'queued' }
  | { readonly at: 'sending' }
  /** It waits for something named: "for the group to be made", "next try in 0:40". */
  | { readonly at: 'waiting'; readonly reason: string }
  | { readonly at: 'failed'; readonly reason: string };

export type OutboxRowProps = {
  /** What kind of act it is; gives the icon while it is not failed. */
  readonly act: 'message' | 'group' | 'edit' | 'delete';
  readonly title: string;
  readonly text: string;
  readonly timeMs: number;
  readonly nowMs: number;
  readonly state: OutboxRowState;
  /** `Button`s or a `Menu`: try again, cancel, copy. */
  readonly actions?: ReactNode;
  /** A `Menu` at the end of the row. */
  readonly trailing?: ReactNode;
};

const actIcons: Record<OutboxRowProps['act'], LucideIcon> = { message: Clock, group: Users, edit: Pencil, delete: Trash2 };

export function OutboxRow({ act, title, text, timeMs, nowMs, state, actions, trailing }: OutboxRowProps) {
  const { i18n } = useLingui();
  const words = { today: i18n._('Today'), yesterday: i18n._('Yesterday') };
  const isFailed = state.at === 'failed';
  const Icon = isFailed ? CircleAlert : state.at === 'sending' ? LoaderCircle : actIcons[act];
  return (
    <li className="flex gap-3 border-line p-3 not-first:border-t">
      <Icon
        size="1.0625rem"
        aria-hidden="true"
        className={`mt-0.5 ${isFailed ? 'text-danger' : 'text-ink-3'} ${state.at === 'sending' ? 'animate-spin motion-reduce:animate-none' : ''}`}
      />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 clip-line text-[0.90625rem] font-semibold">
            <bdi>{title}</bdi>
          </span>
          <time dateTime={new Date(timeMs).toISOString()} className="text-meta whitespace-nowrap text-ink-2 tabular">
            {listTime({ timeMs, nowMs }, localesOf(i18n), words)}
          </time>
        </div>
        <p dir="auto" className="clip-line text-preview text-ink-2">
          {text}
        </p>
        <StateLine state={state} />
        {actions && <div className="-ms-2.5 flex flex-wrap gap-1">{actions}</div>}
      </div>
      {trailing && <span className="-my-1.5 -me-2">{trailing}</span>}
    </li>
  );
}

function StateLine({ state }: { readonly state: OutboxRowState }) {
  const { i18n } = useLingui();
  if (state.at === 'queued') return <span className="sr-only">{i18n._('Waiting to be sent')}</span>;
  if (state.at === 'sending') return <span className="sr-only">{i18n._('Sending')}</span>;
  return (
    <p className={`mt-0.5 text-[0.78125rem] leading-[1.4] ${state.at === 'failed' ? 'text-danger' : 'text-ink-2'}`}>
      {state.reason}
    </p>
  );
}
