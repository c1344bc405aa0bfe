import { useHue } from './hues.ts';
import { initialsOf } from './initials.ts';
import { styleVars } from './style-vars.ts';

export type AvatarProps = {
  /** The user's or conversation's id: it gives the colour. */
  readonly id: string;
  readonly name: string;
  /** In 4-px steps of the grid: 8 = 32 px, 11 = 44 px (a row), 22 = 88 px (details). */
  readonly size?: number | undefined;
  readonly isOnline?: boolean | undefined;
  /** While it is being chosen. */
  readonly hue?: number | undefined;
};

/** Decorative: the name always stands beside it. */
export function Avatar({ id, name, size = 11, isOnline = false, hue }: AvatarProps) {
  const known = useHue(id);
  return (
    <span
      aria-hidden="true"
      className="hue hue-avatar relative grid size-[calc(var(--size)*0.25rem)] flex-none place-items-center rounded-full text-[length:calc(var(--size)*0.25rem*0.36)] leading-none font-semibold tracking-[0.01em] select-none"
      style={styleVars({ '--hue': hue ?? known, '--size': size })}
    >
      {initialsOf(name)}
      {isOnline && (
        <span className="absolute end-0 bottom-0 size-[28%] max-w-3 max-h-3 rounded-full border-2 border-panel bg-ok" />
      )}
    </span>
  );
}
