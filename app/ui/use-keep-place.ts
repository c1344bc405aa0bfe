import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { grewBefore } from './arrange.ts';
import type { ListItem } from './list-item.ts';
import { noteHeight } from './usual-height.ts';

export type KeepPlaceOptions = {
  readonly items: readonly ListItem[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly virtualizer: RefObject<VirtualizerHandle | null>;
  readonly startKey: string | undefined;
  readonly onReachStart: (() => void) | undefined;
  readonly onReachEnd?: (() => void) | undefined;
  readonly onReadTo: ((key: string) => void) | undefined;
  readonly onShow?: ((items: readonly ListItem[], isAtEnd: boolean) => void) | undefined;
};

export type KeepPlace = {
  /** Whether this render adds rows before the place being read. */
  readonly isShifting: boolean;
  /** Far enough from the end to offer a way back. */
  readonly isAway: boolean;
  /** The last row there was when the reader left the end. */
  readonly leftAtKey: string | undefined;
  readonly onScroll: (offset: number) => void;
  readonly onResize: () => void;
  readonly jump: () => void;
};

const startNearPx = 600;
const endNearPx = 48;
const awayPx = 320;

/** Keeps the reader where they are: at the end when they were at the end, otherwise at the same words. */
export function useKeepPlace(options: KeepPlaceOptions): KeepPlace {
  const { items, scroller, virtualizer, startKey } = options;
  const isAtEnd = useRef(true);
  const shownLast = useRef<string>(undefined);
  const lastRead = useRef<string>(undefined);
  const [anchorKey, setAnchorKey] = useState<string>();
  const [leftAtKey, setLeftAtKey] = useState<string>();
  const [isAway, setAway] = useState(false);
  const [shown, setShown] = useState({ items, isShifting: false });
  let { isShifting } = shown;
  if (shown.items !== items) {
    isShifting = grewBefore(anchorKey, shown.items, items);
    setShown({ items, isShifting });
  }

  // Past the last row, to the foot of the padding below it; the browser stops there.
  const toEnd = () => virtualizer.current?.scrollToIndex(items.length - 1, { align: 'end', offset: 1000 });
  const read = () => {
    const list = virtualizer.current;
    // Before the first measure nothing is on screen.
    if (!list || items.length === 0 || list.viewportSize === 0) return;
    const { firstIndex, lastIndex } = onScreen(list, items.length);
    noteHeight(list.getItemOffset(lastIndex) - list.getItemOffset(firstIndex), lastIndex - firstIndex);
    options.onShow?.(items.slice(firstIndex, lastIndex + 1), isAtEnd.current);
    const last = items[lastIndex];
    if (!last || last.key === lastRead.current) return;
    lastRead.current = last.key;
    options.onReadTo?.(last.key);
  };
  const settle = useEffectEvent(() => {
    const last = items.at(-1);
    if (!last) return;
    const isFirst = shownLast.current === undefined;
    const isNewLast = !isFirst && shownLast.current !== last.key;
    shownLast.current = last.key;
    const startIndex = isFirst && startKey !== undefined ? items.findIndex(({ key }) => key === startKey) : -1;
    if (startIndex >= 0) {
      isAtEnd.current = false;
      virtualizer.current?.scrollToIndex(startIndex, { align: 'start', offset: -24 });
    } else if (isAtEnd.current || (isNewLast && isJustWritten(last))) {
      toEnd();
    }
  });
  const readNow = useEffectEvent(read);
  useLayoutEffect(() => settle(), [items]);
  useEffect(() => readNow(), [items]);

  const onScroll = (offset: number) => {
    const list = virtualizer.current;
    if (!list || !scroller.current) return;
    const { scrollHeight, clientHeight, scrollTop } = scroller.current;
    const toGo = scrollHeight - clientHeight - scrollTop;
    isAtEnd.current = toGo <= endNearPx;
    if (isAtEnd.current) setLeftAtKey(undefined);
    else setLeftAtKey((key) => key ?? items.at(-1)?.key);
    setAway(toGo > awayPx);
    setAnchorKey(firstMessageFrom(items, list.findItemIndex(offset)));
    if (offset < startNearPx) options.onReachStart?.();
    if (toGo < startNearPx) options.onReachEnd?.();
    read();
  };
  // Fonts and opened folds change heights under the reader, and a phone's keyboard the window.
  const onResize = () => {
    const box = scroller.current;
    // A list that fits is at its end without ever having been scrolled.
    if (box && box.scrollHeight <= box.clientHeight) isAtEnd.current = true;
    if (isAtEnd.current) toEnd();
    // A list that fits says so by its size alone: it never scrolls.
    read();
  };
  const jump = () => {
    isAtEnd.current = true;
    toEnd();
    scroller.current?.focus({ preventScroll: true });
  };
  return { isShifting, isAway, leftAtKey, onScroll, onResize, jump };
}

/** The first row that is on screen from its top on, and the last. */
function onScreen(list: VirtualizerHandle, count: number): { readonly firstIndex: number; readonly lastIndex: number } {
  const index = list.findItemIndex(list.scrollOffset);
  const firstIndex = list.getItemOffset(index) < list.scrollOffset - 1 ? index + 1 : index;
  const lastIndex = Math.min(list.findItemIndex(list.scrollOffset + list.viewportSize - 8), count - 1);
  return { firstIndex, lastIndex };
}

/** Whoever has just sent something wants to see it, wherever they had scrolled to. */
function isJustWritten(item: ListItem): boolean {
  return item.kind === 'message' && item.message.isOwn && item.message.state.at !== 'sent';
}

/** Days and markers come and go as history loads; a message stays what it is. */
function firstMessageFrom(items: readonly ListItem[], index: number): string | undefined {
  return items.slice(index, index + 12).find(({ kind }) => kind === 'message')?.key;
}
