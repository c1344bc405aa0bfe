const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const emoji = /^(?:\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)$/v;
const emojiCountMax = 3;

/** True for one to three emoji and nothing else: such a message is shown larger and without a bubble. */
export function isEmojiOnly(text: string): boolean {
  // A long text cannot qualify, and segmenting it would cost a frame.
  if (text.length > 64) return false;
  let count = 0;
  for (const { segment } of graphemes.segment(text.trim())) {
    if (/^\s+$/u.test(segment)) continue;
    if (!emoji.test(segment)) return false;
    count++;
  }
  return count > 0 && count <= emojiCountMax;
}
