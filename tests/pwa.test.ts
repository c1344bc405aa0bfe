import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../scripts/root.ts';

type Row = { readonly id: string; readonly how: string };

const rowsOf = (text: string): readonly Row[] =>
  [...text.matchAll(/^\| (P\d+) \| [^|]+ \| (.+) \|$/gm)].map(([, id = '', how = '']) => ({ id, how }));

/** What a row promises and the repository does not keep. */
function broken({ id, how }: Row): readonly string[] {
  if (/^(Waits|Not here): \S/.test(how)) return [];
  return how.split('; ').flatMap((part) => {
    const [, path = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(part) ?? [];
    if (path === '') return [`${id} names neither a test nor a reason: ${part}`];
    if (!existsSync(join(root, path))) return [`${id} names ${path}, which is not there`];
    return titlesIn(readFileSync(join(root, path), 'utf8')).some((one) => one.includes(title))
      ? []
      : [`${id} names a test "${title}", which ${path} does not have`];
  });
}

/** Strings that name a test: of `test(…)` itself, or of a table of tests by their titles. */
const titlesIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\btest\(|\)\(|^ {2}(?='[^'\n]+':))\s*(['`])((?:(?!\1).)+)\1/gm)].map(([, , title = '']) => title);

test('docs/pwa.md has every number once, and every test it names', () => {
  const rows = rowsOf(readFileSync(join(root, 'docs', 'pwa.md'), 'utf8'));
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 70 }, (_, i) => `P${i + 1}`));
  expect(rows.flatMap(broken)).toEqual([]);
});

test('and a row that names no test, or one that is gone, is named itself', () => {
  const planted = rowsOf(
    [
      '| P1 | a | soon |',
      '| P2 | b | `tests/gone.test.ts`: a test |',
      '| P3 | c | `tests/pwa.test.ts`: a test there is not |',
      '| P4 | d | `tests/pwa.test.ts`: docs/pwa.md has every number once |',
      '| P5 | e | Waits: push |',
    ].join('\n'),
  );
  expect(planted.flatMap(broken)).toEqual([
    'P1 names neither a test nor a reason: soon',
    'P2 names tests/gone.test.ts, which is not there',
    'P3 names a test "a test there is not", which tests/pwa.test.ts does not have',
  ]);
});
