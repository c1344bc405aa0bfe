import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { grewBefore } from './arrange.ts';
import type { ListItem } from './list-item.ts';

export type KeepPlaceOptions = {
  readonly items: readonly ListItem[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly startKey: string | undefined;
  readonly onReachStart: (() => void) | undefined;
  readonly onReadTo: ((key: string) => void) | undefined;
};

const startNearPx = 600;
const endNearPx = 48;
const awayPx = 320;

/** Keeps the reader where they are: at the end when they were at the end, otherwise at the same words. */
export function useKeepPlace({ items, scroller, startKey, onReachStart, onReadTo }: KeepPlaceOptions) {
  const virtualizer = useRef<VirtualizerHandle>(null);
  const isAtEnd = useRef(true);
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

  const toEnd = () => virtualizer.current?.scrollToIndex(items.length - 1, { align: 'end', offset: 1000 });
  const read = () => {
    const list = virtualizer.current;
    if (!list || items.length === 0) return;
    const last = items[Math.min(list.findItemIndex(list.scrollOffset + list.viewportSize - 8), items.length - 1)];
    if (last && last.key !== lastRead.current) {
      lastRead.current = last.key;
      onReadTo?.(last.key);
    }
  };

  const settled = useRef({ count: 0 });
  useLayoutEffect(() => {
    const isFirst = settled.current.count === 0;
    settled.current.count = items.length;
    if (items.length === 0) return;
    const startIndex = isFirst && startKey !== undefined ? items.findIndex(({ key }) => key === startKey) : -1;
    if (startIndex >= 0) {
      isAtEnd.current = false;
      virtualizer.current?.scrollToIndex(startIndex, { align: 'start', offset: -24 });
      return;
    }
    const last = items.at(-1);
    const wroteOneself = last?.kind === 'message' && last.message.isOwn && last.message.state.at !== 'sent';
    if (isAtEnd.current || (wroteOneself && !isFirst && last.key !== lastKeyBefore.current)) toEnd();
  }, [items]);

  const lastKeyBefore = useRef<string>(undefined);
  useEffect(() => {
    lastKeyBefore.current = items.at(-1)?.key;
    read();
  }, [items]);

  const onScroll = (offset: number) => {
    const list = virtualizer.current;
    if (!list) return;
    const toGo = scroller.current ? scroller.current.scrollHeight - scroller.current.clientHeight - scroller.current.scrollTop : 0;
    isAtEnd.current = toGo <= endNearPx;
    if (isAtEnd.current) setLeftAtKey(undefined);
    else setLeftAtKey((key) => key ?? items.at(-1)?.key);
    setAway(toGo > awayPx);
    setAnchorKey(firstMessageFrom(items, list.findItemIndex(offset)));
    if (offset < startNearPx) onReachStart?.();
    read();
  };
  // Images, fonts and opened folds change heights under the reader, and a phone's keyboard the window.
  const onResize = () => {
    if (isAtEnd.current) toEnd();
  };
  const jump = () => {
    isAtEnd.current = true;
    toEnd();
    scroller.current?.focus({ preventScroll: true });
  };
  return { virtualizer, isShifting, isAway, leftAtKey, onScroll, onResize, jump };
}

/** Days and markers come and go as history loads; a message stays what it is. */
function firstMessageFrom(items: readonly ListItem[], index: number): string | undefined {
  return items.slice(index, index + 12).find(({ kind }) => kind === 'message')?.key;
}
