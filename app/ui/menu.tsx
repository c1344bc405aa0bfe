import type { LucideIcon } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { IconButton } from './icon-button.tsx';
import { menuPlace } from './menu-place.ts';

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
};

/** A button and its popover: in the top layer, closed by Escape or a press elsewhere, without a line of that being ours. */
export function Menu({ label, icon, items, iconSize }: MenuProps) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const rows = () => [...(popover.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? [])];

  const place = (isOpening: boolean) => {
    if (!isOpening) setOpen(false);
    if (!isOpening || !button.current || !popover.current) return;
    const { left, top } = menuPlace(button.current.getBoundingClientRect(), popover.current.getBoundingClientRect(), {
      width: innerWidth,
      height: innerHeight,
      isRtl: document.documentElement.dir === 'rtl',
    });
    popover.current.style.left = `${left}px`;
    popover.current.style.top = `${top}px`;
    rows()[0]?.focus();
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
        onToggle={(event) => place(event.newState === 'open')}
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
