import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { root } from '../scripts/root.ts';

const built = join(root, 'dist', 'app');
const kilobytesMax = 200;

/** What a browser must fetch and run before the first screen of a signed-in person: the entry and all it imports statically. */
function firstLoad(): readonly string[] {
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const entry = /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1];
  const found = new Set<string>();
  const queue = entry === undefined ? [] : [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(join(built, file), 'utf8');
    for (const [, name] of text.matchAll(/(?:^|[;}\n])\s*import\s*(?:[\w$*{}\s,]+?from\s*)?"\.\/([^"]+\.js)"/g))
      queue.push(`/assets/${name}`);
  }
  return [...found];
}

test.skipIf(!existsSync(join(built, 'index.html')))(
  'a signed-in start loads at most 200 KB of script, gzipped (may skip: nothing is built)',
  () => {
    const sizes = firstLoad().map((file) => ({ file, bytes: gzipSync(readFileSync(join(built, file))).length }));
    const kilobytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
    console.log(`first load: ${kilobytes.toFixed(1)} KB gzipped in ${sizes.length} files`);
    expect(sizes.length).toBeGreaterThan(0);
    expect(kilobytes, JSON.stringify(sizes)).toBeLessThan(kilobytesMax);
  },
);
