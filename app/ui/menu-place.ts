type Box = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
};
type Size = Pick<Box, 'width' | 'height'>;
export type Point = { readonly x: number; readonly y: number };
export type Place = { readonly left: number; readonly top: number };
type View = { readonly width: number; readonly height: number; readonly isRtl: boolean };

const gap = 4;
const margin = 8;

/** Under the button and ending where it ends; above when there is no room below; never outside the window. */
export function menuPlace(button: Box, menu: Size, view: View): Place {
  return placed(view.isRtl ? button.left : button.right - menu.width, button, menu, view);
}

/** Where it was asked for, beginning there as lines of text do. */
export function menuPlaceAt({ x, y }: Point, menu: Size, view: View): Place {
  return placed(view.isRtl ? x - menu.width : x, { top: y, bottom: y }, menu, view);
}

function placed(wanted: number, beside: Pick<Box, 'top' | 'bottom'>, menu: Size, view: View): Place {
  const left = Math.max(margin, Math.min(wanted, view.width - menu.width - margin));
  const below = beside.bottom + gap;
  const fitsBelow = below + menu.height <= view.height - margin;
  const top = fitsBelow ? below : Math.max(margin, beside.top - gap - menu.height);
  return { left, top };
}
