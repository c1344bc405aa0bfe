const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Two letters at most: first and last word of a name; one sign for scripts without spaces. Never half an emoji. */
export function initialsOf(name: string): string {
  const words = name
    .normalize('NFC')
    .split(/[\s\-_.·—–,()[\]{}"“”'’]+/u)
    .filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const [first] = words;
  if (!first) return '?';
  const last = words.at(-1)!;
  const opening = firstSign(first);
  // Two letters side by side would join, or mean something, outside alphabets that have capitals.
  if (words.length === 1 || !isCased(opening) || !isCased(firstSign(last))) return opening.toLocaleUpperCase();
  return (opening + firstSign(last)).toLocaleUpperCase();
}

function firstSign(word: string): string {
  const sign = /[\p{L}\p{N}\p{Extended_Pictographic}]/u.exec(word);
  const [first] = graphemes.segment(word.slice(sign?.index ?? 0));
  return first?.segment ?? '';
}

function isCased(sign: string): boolean {
  return /^\p{N}/u.test(sign) || sign.toLowerCase() !== sign.toUpperCase();
}
