type Box = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
};
type View = { readonly width: number; readonly height: number; readonly isRtl: boolean };

const gap = 4;
const margin = 8;

/** Under the button and ending where it ends; above when there is no room below; never outside the window. */
export function menuPlace(button: Box, menu: Pick<Box, 'width' | 'height'>, view: View): { left: number; top: number } {
  const wanted = view.isRtl ? button.left : button.right - menu.width;
  const left = Math.max(margin, Math.min(wanted, view.width - menu.width - margin));
  const below = button.bottom + gap;
  const fitsBelow = below + menu.height <= view.height - margin;
  const top = fitsBelow ? below : Math.max(margin, button.top - gap - menu.height);
  return { left, top };
}
