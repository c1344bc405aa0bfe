import { useLingui } from '@lingui/react';
import { memo, useCallback, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { isLastWaiting, runPlaceOf } from './arrange.ts';
import { JumpToBottom } from './jump-to-bottom.tsx';
import type { ListItem, MessageView } from './list-item.ts';
import { DaySeparator, HoleMarker, NotHereMarker, StaleMarker, SystemLine, UnreadDivider } from './markers.tsx';
import type { MenuItem } from './menu.tsx';
import { MessageBubble, type MessageBubbleProps } from './message-bubble.tsx';
import { useKeepPlace } from './use-keep-place.ts';
import { useNewArrivals } from './use-new-arrivals.ts';
import { usualHeight } from './usual-height.ts';

export type MessageListProps = {
  /** Oldest first; an item that has not changed is the same object. Mount a new list per conversation (`key`), so that each keeps its own place. */
  readonly items: readonly ListItem[];
  readonly isGroup: boolean;
  readonly nowMs: number;
  /** Where to open: an item's key (the unread divider); the newest message otherwise. */
  readonly startKey?: string | undefined;
  /** The start is near: older messages are wanted. May be called again; the caller ignores what it already loads. */
  readonly onReachStart?: (() => void) | undefined;
  /** The end of what is given is near; where that is not the newest, newer messages are wanted. */
  readonly onReachEnd?: (() => void) | undefined;
  /** Where the end of what is given is not the newest: who wants to go there is led by the caller, to a new list. */
  readonly onJump?: (() => void) | undefined;
  readonly onLoadHole?: ((key: string) => void) | undefined;
  /** The key of the last item on screen, after scrolling and after each change: what has been read. */
  readonly onReadTo?: ((key: string) => void) | undefined;
  /** What is on screen, after scrolling and after each change. */
  readonly onShow?: ((items: readonly ListItem[], isAtEnd: boolean) => void) | undefined;
  /** The message a link leads to: it lights up once. */
  readonly highlightKey?: string | undefined;
  readonly onRetry?: ((messageId: string) => void) | undefined;
  readonly onDiscard?: ((messageId: string) => void) | undefined;
  readonly actionsFor?: ((message: MessageView) => readonly MenuItem[]) | undefined;
  /** The focus was on the last message that had a menu, and goes on from there. Whether something else took it. */
  readonly onFocusPastEnd?: (() => boolean) | undefined;
};

/**
 * The log. Rows are virtualised, so it is no live region: scrolling would read old rows out as if they were new. What is
 * new is said elsewhere (features/notifications).
 */
export function MessageList(props: MessageListProps) {
  const { items } = props;
  const { i18n } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useRef<VirtualizerHandle>(null);
  const [rowPx] = useState(usualHeight);
  const arrivals = useNewArrivals(items);
  const focusOn = useFocusOn(props.onFocusPastEnd);
  const place = useKeepPlace({
    items,
    scroller,
    virtualizer,
    startKey: props.startKey,
    onReachStart: props.onReachStart,
    onReachEnd: props.onReachEnd,
    onReadTo: props.onReadTo,
    onShow: props.onShow,
  });
  return (
    <div className="@container/log relative h-full">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={i18n._('Messages')}
        tabIndex={0}
        className="flex h-full flex-col overflow-y-auto overscroll-contain [overflow-anchor:none] -outline-offset-2"
      >
        <div className="flex-1" />
        <div className="mx-auto w-full max-w-240">
          <Virtualizer
            ref={virtualizer}
            scrollRef={scroller}
            itemSize={rowPx}
            shift={place.isShifting}
            data={items}
            onScroll={place.onScroll}
            onResize={place.onResize}
          >
            {(item, index) => (
              <div
                key={item.key}
                data-highlight={item.key === props.highlightKey ? '' : undefined}
                className="px-3 first:pt-px data-highlight:animate-[light-up_2s_var(--ease-out)] @two/shell:px-5.5"
              >
                <Row item={item} index={index} isFresh={arrivals.isFresh(item.key)} list={props} onFocusGone={focusOn} />
              </div>
            )}
          </Virtualizer>
          <div className="h-3.5" />
        </div>
      </div>
      {place.isAway && (
        <div className="absolute end-4 bottom-3">
          <JumpToBottom newCount={arrivals.countSince(place.leftAtKey)} onJump={props.onJump ?? place.jump} />
        </div>
      )}
    </div>
  );
}

/** A message lost its menu with the focus in it: the next menu has it then, so that nobody begins at the top of the page. */
function useFocusOn(onFocusPastEnd: (() => boolean) | undefined) {
  const pastEnd = useRef(onFocusPastEnd);
  useLayoutEffect(() => void (pastEnd.current = onFocusPastEnd));
  return useCallback((message: HTMLElement) => {
    const log = message.closest<HTMLElement>('[role=log]');
    const menus = [...(log?.querySelectorAll<HTMLElement>('[aria-haspopup=menu]') ?? [])];
    // What is in a message follows it too.
    const isAfter = (menu: HTMLElement): boolean =>
      !message.contains(menu) && Boolean(message.compareDocumentPosition(menu) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = menus.find(isAfter);
    if (next) next.focus();
    else if (!pastEnd.current?.()) log?.focus({ preventScroll: true });
  }, []);
}

type RowProps = Pick<MessageBubbleProps, 'onFocusGone'> & {
  readonly item: ListItem;
  readonly index: number;
  readonly isFresh: boolean;
  readonly list: MessageListProps;
};

function Row({ item, index, isFresh, list, onFocusGone }: RowProps): ReactNode {
  switch (item.kind) {
    case 'message':
      return (
        <MessageRow
          message={item.message}
          run={runPlaceOf(list.items, index)}
          isGroup={list.isGroup}
          isLastWaiting={isLastWaiting(list.items, index)}
          isFresh={isFresh}
          actionsFor={list.actionsFor}
          onRetry={list.onRetry}
          onDiscard={list.onDiscard}
          onFocusGone={onFocusGone}
        />
      );
    case 'day':
      return <DaySeparator timeMs={item.timeMs} nowMs={list.nowMs} />;
    case 'unread':
      return <UnreadDivider count={item.count} />;
    case 'hole':
      return <HoleMarker count={item.count} load={item.load} onLoad={list.onLoadHole && (() => list.onLoadHole?.(item.key))} />;
    case 'stale':
      return <StaleMarker load={item.load} onLoad={list.onLoadHole && (() => list.onLoadHole?.(item.key))} />;
    case 'system':
      return <SystemLine>{item.text}</SystemLine>;
    case 'absent':
      return <NotHereMarker />;
  }
}

type MessageRowProps = Omit<MessageBubbleProps, 'actions'> & Pick<MessageListProps, 'actionsFor'>;

/** The list hears of every step of every message; a bubble is drawn again when its own has changed. */
const MessageRow = memo(function MessageRow({ actionsFor, ...bubble }: MessageRowProps) {
  return <MessageBubble {...bubble} actions={actionsFor?.(bubble.message)} />;
});
