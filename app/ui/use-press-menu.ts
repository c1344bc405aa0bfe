import { useEffect, useRef, type MouseEvent, type PointerEvent, type RefObject, type SyntheticEvent } from 'react';
import type { MenuHandle } from './menu.tsx';
import type { Point } from './menu-place.ts';

const longPressMs = 500;
/** A finger is never quite still. */
const stillPx = 10;
/** Of a mouse, as `button` counts them. */
const otherButton = 2;

type Press = {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** Some systems select a word before they ask for the menu. */
  readonly hadSelection: boolean;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  isDown: boolean;
  isAnswered: boolean;
};

export type PressMenu = {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: () => void;
  readonly onContextMenu: (event: MouseEvent<HTMLElement>) => void;
};

/**
 * A finger that stays, the other button of a mouse, or the key for it opens the menu where it was asked for. Not every
 * system asks for a menu when a finger stays, so that is found out here. Over a link and over what is selected the
 * browser's own menu is of more use.
 */
export function usePressMenu(menu: RefObject<MenuHandle | null>): PressMenu {
  const press = useRef<Press>(undefined);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  };
  useEffect(() => end, []);

  const open = (point: Point, held: Press | undefined) => {
    if (held) held.isAnswered = true;
    getSelection()?.removeAllRanges();
    menu.current?.openAt(point, held?.isDown ? held.pointer : undefined);
  };
  return {
    onPointerDown: (event) => {
      end();
      if (!menu.current || !event.isPrimary || isWithin(event, '[popover], a')) return;
      const { clientX: x, clientY: y, pointerId: pointer, pointerType } = event;
      const isFinger = pointerType === 'touch' && !isWithin(event, 'button');
      const timer = isFinger ? setTimeout(() => open({ x, y }, press.current), longPressMs) : undefined;
      const hadSelection = isSelected(event.currentTarget);
      press.current = { pointer, x, y, hadSelection, timer, isDown: true, isAnswered: false };
    },
    onPointerMove: ({ clientX, clientY }) => {
      const held = press.current;
      if (held && Math.hypot(clientX - held.x, clientY - held.y) > stillPx) clearTimeout(held.timer);
    },
    onPointerUp: ({ button }) => {
      const held = press.current;
      clearTimeout(held?.timer);
      // Some systems ask for the menu only now.
      if (held && button === otherButton && !held.isAnswered) held.isDown = false;
      else press.current = undefined;
    },
    onPointerCancel: end,
    onContextMenu: (event) => {
      const held = press.current;
      if (held && !held.isDown) press.current = undefined;
      if (isWithin(event, '[popover]') || held?.isAnswered) return event.preventDefault();
      clearTimeout(held?.timer);
      const hadSelection = held ? held.hadSelection : isSelected(event.currentTarget);
      if (!menu.current || hadSelection || isWithin(event, 'a')) return undefined;
      event.preventDefault();
      return open({ x: event.clientX, y: event.clientY }, held);
    },
  };
}

const isWithin = ({ target }: SyntheticEvent, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

function isSelected(element: HTMLElement): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}
