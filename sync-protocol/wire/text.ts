import * as z from 'zod/mini';
import { limits } from '../limits.ts';

/** Bytes of UTF-8 without an encoder, which the pure side does not have. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/** Well-formed, and no control characters but newline and tab. [OP-5] */
// oxlint-disable-next-line no-control-regex -- refusing control characters is the point
const hasForbidden = (text: string): boolean => /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) || !text.isWellFormed();

const clean = (bytesMax: number) =>
  z.refine<string>((text) => !hasForbidden(text) && utf8Bytes(text) <= bytesMax, `at most ${bytesMax} bytes of well-formed text`);

export const messageTextSchema = z.string().check(
  z.minLength(1),
  z.maxLength(limits.textBytesMax),
  clean(limits.textBytesMax),
  z.refine<string>((text) => text.trim().length > 0, 'not only white space'),
);
export const draftTextSchema = z.string().check(z.maxLength(limits.draftBytesMax), clean(limits.draftBytesMax));

/** One line: a name or title. */
const line = (charsMax: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(charsMax),
    clean(charsMax * 4),
    z.refine<string>((text) => text.trim().length > 0 && !/[\n\t\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(text), 'one line'),
  );
export const titleSchema = line(limits.titleCharsMax);
export const nameSchema = line(limits.nameCharsMax);
export const aboutSchema = z.string().check(z.maxLength(limits.aboutCharsMax), clean(limits.aboutCharsMax * 4));
export const emojiSchema = z.string().check(z.minLength(1), z.maxLength(limits.emojiCharsMax), clean(limits.emojiCharsMax * 4));
