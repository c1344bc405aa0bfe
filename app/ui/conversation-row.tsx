import { Trans, useLingui } from '@lingui/react';
import { BellOff } from 'lucide-react';
import { Avatar } from './avatar.tsx';
import { Badge } from './badge.tsx';
import { listTime, localesOf } from './dates.ts';
import type { MessageState } from './list-item.ts';
import { MessageStateIcon } from './message-state-icon.tsx';
import { openInPlace } from './open-in-place.ts';

export type Preview =
  /** `from` is the sender's short name in groups, "You" for own messages, absent in direct chats. */
  | {
      readonly kind: 'message';
      readonly text: string;
      readonly from?: string | undefined;
      readonly state?: MessageState | undefined;
    }
  | { readonly kind: 'draft'; readonly text: string }
  /** Something that happened: "Ingrid added Jonas". */
  | { readonly kind: 'note'; readonly text: string };

export type ConversationRowProps = {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  /** The other person's id in a direct chat, the conversation's in a group. */
  readonly avatarId: string;
  readonly preview?: Preview | undefined;
  readonly timeMs?: number | undefined;
  readonly nowMs: number;
  readonly unreadCount?: number | undefined;
  readonly isMuted?: boolean | undefined;
  readonly isSelected?: boolean | undefined;
  readonly isOnline?: boolean | undefined;
  readonly onOpen?: ((id: string) => void) | undefined;
};

export function ConversationRow(props: ConversationRowProps) {
  const { i18n } = useLingui();
  const { id, title, preview, timeMs, unreadCount = 0 } = props;
  const words = { today: i18n._('Today'), yesterday: i18n._('Yesterday') };
  return (
    <a
      href={props.href}
      aria-current={props.isSelected ? 'page' : undefined}
      onClick={(event) => openInPlace(event, () => props.onOpen?.(id))}
      className="flex min-h-17 items-center gap-3 rounded-m px-3 py-1.5 transition-colors duration-120 hover:bg-sunk aria-[current]:bg-accent-soft"
    >
      <Avatar id={props.avatarId} name={title} isOnline={props.isOnline} />
      <span className="grid min-w-0 flex-1 gap-px">
        <span className="flex min-w-0 items-center gap-1.5">
          <span dir="auto" className="clip-line font-semibold tracking-[-0.006em]">
            {title}
          </span>
          {props.isMuted && (
            <>
              <BellOff size="0.875rem" aria-hidden="true" className="text-ink-3" />
              <span className="sr-only">{i18n._('Muted')}</span>
            </>
          )}
          {timeMs !== undefined && (
            <time
              dateTime={new Date(timeMs).toISOString()}
              className="ms-auto ps-1 text-meta whitespace-nowrap text-ink-2 tabular"
            >
              {listTime({ timeMs, nowMs: props.nowMs }, localesOf(i18n), words)}
            </time>
          )}
        </span>
        <span className="flex min-h-5 min-w-0 items-center gap-1.5 text-preview text-ink-2">
          <PreviewLine preview={preview} />
          <Badge
            count={unreadCount}
            tone={props.isMuted ? 'dim' : 'accent'}
            label={i18n._('{count, plural, one {# unread message} other {# unread messages}}', { count: unreadCount })}
          />
        </span>
      </span>
    </a>
  );
}

function PreviewLine({ preview }: { readonly preview: Preview | undefined }) {
  if (!preview) return <span className="flex-1" />;
  if (preview.kind === 'draft') {
    return (
      <span dir="auto" className="min-w-0 flex-1 clip-line">
        <Trans id="<0>Draft:</0> {text}" values={{ text: preview.text }} components={{ 0: <bdi className="text-danger" /> }} />
      </span>
    );
  }
  if (preview.kind === 'note') {
    return (
      <span dir="auto" className="min-w-0 flex-1 clip-line">
        {preview.text}
      </span>
    );
  }
  return (
    <>
      {preview.state && <MessageStateIcon state={preview.state} size={14} />}
      {/* `dir=auto` passes over <bdi>: the words decide, not the name before them. */}
      <span dir="auto" className="min-w-0 flex-1 clip-line">
        {preview.from !== undefined && (
          <>
            <bdi>{preview.from}</bdi>:{' '}
          </>
        )}
        {preview.text}
      </span>
    </>
  );
}
