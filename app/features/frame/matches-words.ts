/** Whether every typed word begins a word of the text, whatever the case and the accents. */
export function matchesWords(text: string, typed: string): boolean {
  const words = plain(typed)
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const whole = ` ${plain(text)}`;
  return words.every((word) => whole.includes(` ${word}`) || (hasNoSpaces.test(word) && whole.includes(word)));
}

/** Scripts that do not part their words: any place in them is the start of one. */
const hasNoSpaces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLocaleLowerCase()
    .replaceAll(/[-_.,·—–()[\]{}"“”'’]+/gu, ' ');
