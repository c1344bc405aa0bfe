import type { Chain, ConversationId, Seq } from '../ids.ts';

/** One conversation as the root sees it: how far it goes for this person, and the chain there. */
export type RootEntry = { readonly id: ConversationId; readonly head: Seq; readonly chain: Chain };

export const EMPTY_ROOT = '0000000000000000';

/** One number for all of a person's conversations: equal roots mean that nothing was missed. [RT-1] */
export function rootOf(entries: Iterable<RootEntry>): string {
  let high = 0;
  let low = 0;
  for (const entry of entries) {
    if (entry.head === 0) continue;
    const text = `${entry.id}:${entry.head}:${entry.chain}`;
    high ^= murmur32(text, 0x9747b28c);
    low ^= murmur32(text, 0x5bd1e995);
  }
  return hex(high) + hex(low);
}

/** The root after one conversation went from `before` to `after`: XOR takes the old one out and puts the new one in. [RT-2] */
export function moveRoot(root: string, before: RootEntry | undefined, after: RootEntry | undefined): string {
  const delta = rootOf([before, after].filter((entry) => entry !== undefined));
  return xor(root, delta);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function xor(a: string, b: string): string {
  const part = (at: number) => hex(Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16));
  return part(0) + part(8);
}

/** MurmurHash3 x86 32-bit (Appleby, public domain), over UTF-16 units, which here are ASCII. */
function murmur32(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i += 4) {
    let k = 0;
    for (let j = 0; j < 4 && i + j < text.length; j++) k |= (text.charCodeAt(i + j) & 0xff) << (8 * j);
    k = Math.imul(k, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    if (text.length - i < 4) continue;
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
