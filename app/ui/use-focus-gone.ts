import { useCallback, useLayoutEffect, useRef, type RefCallback, type RefObject } from 'react';

export type FocusGone = {
  readonly stays: RefObject<HTMLDivElement | null>;
  readonly goes: RefCallback<HTMLElement>;
};

/** Says so when what `goes` is taken off the page with the focus in it, while what `stays` is still there. */
export function useFocusGone(onGone: ((stays: HTMLElement) => void) | undefined): FocusGone {
  const stays = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const goes = useCallback(
    (node: HTMLElement | null) => () => void (hadFocus.current = node?.contains(document.activeElement) ?? false),
    [],
  );
  useLayoutEffect(() => {
    if (!hadFocus.current) return;
    hadFocus.current = false;
    if (stays.current) onGone?.(stays.current);
  });
  return { stays, goes };
}
