import type { LucideIcon } from 'lucide-react';
import { useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { IconButton } from './icon-button.tsx';
import { menuPlace, menuPlaceAt, type Point } from './menu-place.ts';

export type MenuItem = {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon | undefined;
  readonly isDestructive?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly onSelect: () => void;
};

export type MenuProps = {
  /** Names the button; the menu takes the same name. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly items: readonly MenuItem[];
  readonly iconSize?: number | undefined;
  readonly ref?: Ref<MenuHandle> | undefined;
};

export type MenuHandle = {
  /** Opens it where it was asked for, by a pointer that may still be down. The focus comes back to the button. */
  readonly openAt: (point: Point, heldPointer: number | undefined) => void;
};

/** A button and its popover: in the top layer, closed by Escape or a press elsewhere, without a line of that being ours. */
export function Menu({ label, icon, items, iconSize, ref }: MenuProps) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const place = usePlace({ button, popover }, ref);
  const rows = () => [...(popover.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? [])];

  const toggled = (isOpening: boolean) => {
    place(isOpening);
    if (isOpening) rows()[0]?.focus();
    else setOpen(false);
  };
  const move = (event: KeyboardEvent) => {
    const all = rows();
    const next = nextIndex(event.key, all.indexOf(document.activeElement as HTMLButtonElement), all.length);
    if (event.key === 'Tab') popover.current?.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  };
  return (
    <>
      <IconButton
        ref={button}
        label={label}
        icon={icon}
        iconSize={iconSize}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
      />
      <div
        ref={popover}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className="popover-menu"
        // A log has a menu a message: rows are there only while one looks at them.
        onBeforeToggle={(event) => event.newState === 'open' && flushSync(() => setOpen(true))}
        onToggle={(event) => toggled(event.newState === 'open')}
        onKeyDown={move}
      >
        {isOpen &&
          items.map((item) => (
            <MenuRow
              key={item.id}
              item={item}
              onChosen={() => {
                popover.current?.hidePopover();
                item.onSelect();
              }}
            />
          ))}
      </div>
    </>
  );
}

type Parts = {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly popover: RefObject<HTMLDivElement | null>;
};

/** Puts the menu beside its button, or where it was asked for otherwise. */
function usePlace({ button, popover }: Parts, ref: Ref<MenuHandle> | undefined): (isOpening: boolean) => void {
  const askedAt = useRef<Point>(undefined);
  useImperativeHandle(ref, () => ({
    openAt: (point, heldPointer) => {
      const menu = popover.current;
      if (!menu) return;
      if (menu.matches(':popover-open')) menu.hidePopover();
      askedAt.current = point;
      button.current?.focus({ preventScroll: true });
      menu.showPopover();
      // Let go elsewhere, it would count as a press elsewhere, and close what it has opened.
      if (heldPointer !== undefined) menu.setPointerCapture(heldPointer);
    },
  }));
  return (isOpening) => {
    const point = askedAt.current;
    askedAt.current = undefined;
    if (!isOpening || !button.current || !popover.current) return;
    const view = { width: innerWidth, height: innerHeight, isRtl: document.documentElement.dir === 'rtl' };
    // Its size when it has settled in, not while it still grows.
    const size = { width: popover.current.offsetWidth, height: popover.current.offsetHeight };
    const { left, top } = point ? menuPlaceAt(point, size, view) : menuPlace(button.current.getBoundingClientRect(), size, view);
    popover.current.style.left = `${left}px`;
    popover.current.style.top = `${top}px`;
  };
}

function MenuRow({ item, onChosen }: { readonly item: MenuItem; readonly onChosen: () => void }) {
  const { icon: Icon } = item;
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      disabled={item.isDisabled}
      onClick={onChosen}
      className={`flex min-h-10 w-full items-center gap-3 rounded-s px-3 text-start text-preview font-medium outline-none hover:bg-sunk focus-visible:bg-accent-soft disabled:opacity-45 ${item.isDestructive ? 'text-danger' : ''}`}
    >
      {Icon && <Icon size="1.125rem" aria-hidden="true" className={item.isDestructive ? '' : 'text-ink-2'} />}
      {item.label}
    </button>
  );
}

function nextIndex(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowDown') return (index + 1) % count;
  if (key === 'ArrowUp') return (index - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}
