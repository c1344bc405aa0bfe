/**
 * How tall a row of the log usually is, in px: what was seen of the list that was looked at last, on this screen and at this size of
 * text. A list that opens at its end draws the rows that it takes to be there; the better the guess, the fewer it draws for nothing.
 */
let heightPx = 64;

export const usualHeight = (): number => heightPx;

export function noteHeight(allPx: number, rows: number): void {
  if (rows > 0 && allPx > 0) heightPx = Math.round(allPx / rows);
}
