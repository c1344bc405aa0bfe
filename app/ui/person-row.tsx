import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Avatar } from './avatar.tsx';
import { openInPlace } from './open-in-place.ts';

export type PersonRowProps = {
  readonly id: string;
  readonly name: string;
  /** Status, number or role. */
  readonly note?: string | undefined;
  readonly isOnline?: boolean | undefined;
  /** A link to the person … */
  readonly href?: string | undefined;
  readonly onOpen?: ((id: string) => void) | undefined;
  /** … or a checkbox in a picker. Leave undefined for neither. */
  readonly isPicked?: boolean | undefined;
  readonly onPick?: ((id: string, isPicked: boolean) => void) | undefined;
  readonly isDisabled?: boolean | undefined;
  /** 48 high, for lists inside a panel. */
  readonly isDense?: boolean | undefined;
  /** A menu or a button at the end of the row. */
  readonly trailing?: ReactNode;
};

const row = 'flex min-w-0 flex-1 items-center gap-3 rounded-m px-3 text-start transition-colors duration-120';

export function PersonRow(props: PersonRowProps) {
  const { id, isPicked } = props;
  const shape = `${row} ${props.isDense ? 'min-h-12 py-1' : 'min-h-15 py-1.5'}`;
  if (isPicked !== undefined) {
    return (
      <label
        className={`${shape} relative outline-accent-text hover:bg-sunk has-disabled:opacity-55 has-focus-visible:outline-2`}
      >
        <PersonInside {...props} />
        <input
          type="checkbox"
          className="absolute inset-0 opacity-0"
          checked={isPicked}
          disabled={props.isDisabled}
          onChange={(event) => props.onPick?.(id, event.target.checked)}
        />
        <span
          aria-hidden="true"
          className={`grid size-5.5 flex-none place-items-center rounded-full border-2 ${isPicked ? 'border-accent bg-accent text-accent-ink' : 'border-edge'}`}
        >
          {isPicked && <Check size="0.875rem" strokeWidth={2.5} />}
        </span>
      </label>
    );
  }
  return (
    <div className="flex items-center">
      {props.href === undefined ? (
        <div className={shape}>
          <PersonInside {...props} />
        </div>
      ) : (
        <a
          href={props.href}
          onClick={(event) => openInPlace(event, () => props.onOpen?.(id))}
          className={`${shape} hover:bg-sunk`}
        >
          <PersonInside {...props} />
        </a>
      )}
      {props.trailing}
    </div>
  );
}

function PersonInside({ id, name, note, isOnline, isDense }: PersonRowProps) {
  return (
    <>
      <Avatar id={id} name={name} isOnline={isOnline} size={isDense ? 9 : 11} />
      <span className="grid min-w-0 flex-1 leading-[1.3]">
        <span className="clip-line font-semibold">
          <bdi>{name}</bdi>
        </span>
        {note && (
          <span className="clip-line text-note text-ink-2">
            <bdi>{note}</bdi>
          </span>
        )}
      </span>
    </>
  );
}

/** The letter above people whose names begin with it. */
export function ListHeading({ children }: { readonly children: string }) {
  return <h2 className="px-3 pt-3 pb-1 text-[0.78125rem] font-semibold text-ink-2">{children}</h2>;
}
