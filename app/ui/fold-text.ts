const foldedCharsMax = 900;
const foldedLinesMax = 14;

/** The opening of a long text, cut at a word, or `undefined` when it is short enough to show whole. */
export function foldText(text: string): string | undefined {
  // A fold that hides two words annoys more than it helps.
  const lines = text.split('\n', foldedLinesMax + 4);
  const isLong = text.length > foldedCharsMax * 1.35 || lines.length > foldedLinesMax + 3;
  if (!isLong) return undefined;
  const opening = lines.slice(0, foldedLinesMax).join('\n').slice(0, foldedCharsMax);
  const lastSpace = opening.search(/\s\S*$/u);
  const cut = lastSpace > foldedCharsMax / 2 ? opening.slice(0, lastSpace) : opening;
  // Never half of a surrogate pair.
  return cut.replace(/[\uD800-\uDBFF]$/u, '').trimEnd();
}
