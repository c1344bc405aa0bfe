import { useLingui } from '@lingui/react';
import { Ban, Ellipsis } from 'lucide-react';
import { useRef, type Ref } from 'react';
import type { RunPlace } from './arrange.ts';
import { Avatar } from './avatar.tsx';
import { clockTime, localesOf } from './dates.ts';
import { isEmojiOnly } from './emoji-only.ts';
import { useHue } from './hues.ts';
import type { MessageView, Reaction } from './list-item.ts';
import { Menu, type MenuHandle, type MenuItem } from './menu.tsx';
import { MessageNote } from './message-note.tsx';
import { MessageStateIcon } from './message-state-icon.tsx';
import { MessageText } from './message-text.tsx';
import { styleVars } from './style-vars.ts';
import { useFocusGone } from './use-focus-gone.ts';
import { usePressMenu } from './use-press-menu.ts';

export type MessageBubbleProps = {
  readonly message: MessageView;
  readonly run: RunPlace;
  /** In groups others' messages carry a name and an avatar; in a direct chat neither says anything new. */
  readonly isGroup: boolean;
  /** Whether to say "Waiting for the network" under it; only the last waiting message does. */
  readonly isLastWaiting?: boolean | undefined;
  /** It arrived while the conversation was open: it settles in. */
  readonly isFresh?: boolean | undefined;
  readonly actions?: readonly MenuItem[] | undefined;
  readonly onRetry?: ((id: string) => void) | undefined;
  readonly onDiscard?: ((id: string) => void) | undefined;
  /** Its menu went while it had the focus, and the message stays: the focus is to go on from here. */
  readonly onFocusGone?: ((message: HTMLElement) => void) | undefined;
};

export function MessageBubble(props: MessageBubbleProps) {
  const { message, run, isGroup } = props;
  const menu = useRef<MenuHandle>(null);
  const isActionable = Boolean(props.actions?.length);
  const { stays, goes } = useFocusGone(props.onFocusGone);
  /** What is under a message goes with what is pressed there: the focus leaves before it would be lost. */
  const leaving = (act: ((id: string) => void) | undefined) =>
    act &&
    ((id: string) => {
      if (stays.current?.contains(document.activeElement)) props.onFocusGone?.(stays.current);
      act(id);
    });
  const isTheirs = !message.isOwn;
  const showsName = isGroup && isTheirs && (run === 'first' || run === 'solo');
  const showsAvatar = isGroup && isTheirs && (run === 'last' || run === 'solo');
  const isBare = !message.isDeleted && !message.reply && isEmojiOnly(message.text);
  return (
    <div
      ref={stays}
      className="message group/message outline-none"
      tabIndex={isActionable ? -1 : undefined}
      {...usePressMenu(menu)}
      data-own={message.isOwn ? '' : undefined}
      data-run={run}
      data-state={message.state.at}
      data-fresh={props.isFresh ? '' : undefined}
    >
      {isGroup && isTheirs && (
        <span className={`w-8 flex-none ${message.reactions?.length ? 'mb-8' : ''}`}>
          {showsAvatar && <Avatar id={message.senderId} name={message.senderName} size={8} />}
        </span>
      )}
      <div className={`flex min-w-0 flex-col ${message.isOwn ? 'items-end' : 'items-start'}`}>
        <div className="relative max-w-full min-w-0">
          <div className="bubble" data-bare={isBare ? '' : undefined}>
            {showsName ? (
              <SenderName id={message.senderId} name={message.senderName} />
            ) : (
              <span className="sr-only">{message.senderName}: </span>
            )}
            {message.reply && !message.isDeleted && <Quote {...message.reply} />}
            <BubbleBody message={message} isBare={isBare} />
          </div>
          <BubbleMenu ref={goes} menu={menu} actions={props.actions} side={isTheirs ? 'end' : 'start'} />
        </div>
        {message.reactions && message.reactions.length > 0 && <Reactions reactions={message.reactions} />}
        <MessageNote
          message={message}
          isLastWaiting={props.isLastWaiting ?? false}
          onRetry={leaving(props.onRetry)}
          onDiscard={leaving(props.onDiscard)}
        />
      </div>
    </div>
  );
}

function BubbleBody({ message, isBare }: { readonly message: MessageView; readonly isBare: boolean }) {
  const { i18n } = useLingui();
  const meta = <Meta message={message} />;
  if (message.isDeleted) {
    return (
      <span className="text-ink-2">
        <Ban size="0.9375rem" aria-hidden="true" className="me-1.5 inline-block align-[-0.15em]" />
        <i>{message.isOwn ? i18n._('You deleted this message') : i18n._('This message was deleted')}</i>
        {meta}
      </span>
    );
  }
  if (isBare) {
    return (
      <>
        <span className="block text-[2.5rem] leading-[1.2]">{message.text}</span>
        {meta}
      </>
    );
  }
  return <MessageText text={message.text} meta={meta} />;
}

function Meta({ message }: { readonly message: MessageView }) {
  const { i18n } = useLingui();
  return (
    <span className="message-meta">
      {message.isEdited && !message.isDeleted && <span>{i18n._('edited')}</span>}
      <time dateTime={new Date(message.timeMs).toISOString()}>{clockTime(message.timeMs, localesOf(i18n))}</time>
      {message.isOwn && !message.isDeleted && <MessageStateIcon state={message.state} />}
    </span>
  );
}

export function SenderName({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <span
      dir="auto"
      className="hue mb-px block clip-line text-note font-semibold text-(--hue-name)"
      style={styleVars({ '--hue': useHue(id) })}
    >
      {name}
    </span>
  );
}

export function Quote({ senderName, text }: { readonly senderName: string; readonly text: string }) {
  return (
    <blockquote className="mt-0.5 mb-1.5 rounded-[4px] border-s-[3px] border-accent bg-accent-soft px-2.5 py-[3px] text-note">
      <span dir="auto" className="block clip-line text-meta font-semibold text-accent-text">
        {senderName}
      </span>
      <span dir="auto" className="line-clamp-2 wrap-any text-ink-2">
        {text}
      </span>
    </blockquote>
  );
}

function Reactions({ reactions }: { readonly reactions: readonly Reaction[] }) {
  const { i18n } = useLingui();
  return (
    <ul aria-label={i18n._('Reactions')} className="mx-1 mt-[3px] mb-0.5 flex flex-wrap gap-1">
      {reactions.map(({ emoji, count, isMine }) => (
        <li
          key={emoji}
          className={`flex h-[1.625rem] items-center gap-1.5 rounded-full border px-2 text-note ${isMine ? 'border-[color-mix(in_oklch,var(--accent)_45%,transparent)] bg-accent-soft' : 'border-line bg-panel'}`}
        >
          <span>{emoji}</span>
          <span className="text-meta font-semibold text-ink-2 tabular">{i18n.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}

type BubbleMenuProps = {
  readonly ref: Ref<HTMLSpanElement>;
  readonly menu: Ref<MenuHandle>;
  readonly actions: readonly MenuItem[] | undefined;
  readonly side: 'start' | 'end';
};

/** Beside the bubble, in the room its greatest width leaves: it shows for a pointer, for the keyboard, and for a tap on the message. */
function BubbleMenu({ ref, menu, actions, side }: BubbleMenuProps) {
  const { i18n } = useLingui();
  if (!actions || actions.length === 0) return undefined;
  return (
    <span
      ref={ref}
      className={`absolute top-1/2 -mt-5 opacity-0 transition-opacity duration-120 group-focus-within/message:opacity-100 group-hover/message:opacity-100 has-[[aria-expanded=true]]:opacity-100 ${side === 'start' ? 'end-full' : 'start-full'}`}
    >
      <Menu ref={menu} label={i18n._('Message actions')} icon={Ellipsis} items={actions} iconSize={18} />
    </span>
  );
}
