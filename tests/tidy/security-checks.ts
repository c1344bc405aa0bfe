import type { TextFile } from './tree.ts';

const pages = [
  { page: 'docs/security.md', row: /^\| (PT-\d+) \|/ },
  { page: 'docs/figures.md', row: /^\| ((?:R|B|LD|SE)\d+) \|/ },
] as const;
const reference = /`([\w./-]+\.test\.tsx?)` “([^”]+)”/g;

/** Every row of these pages is held by a test that exists under that title, or says why it is not. */
export function unheldRows(tree: readonly TextFile[]): readonly string[] {
  return pages.flatMap(({ page, row }) => {
    const file = tree.find(({ path }) => path === page);
    if (!file) return [`${page} is missing`];
    return file.text.split('\n').flatMap((line) => {
      const id = row.exec(line)?.[1];
      if (id === undefined) return [];
      const references = [...line.matchAll(reference)];
      if (references.length === 0 && !/(Does not apply|Open|Waits): \S|The bench `/.test(line))
        return [`${page}: ${id} names no test`];
      return references
        .filter(([, path, title = '']) => tree.find((one) => one.path === path)?.text.includes(title) !== true)
        .map(([, path, title]) => `${page}: ${id} names “${title}” of ${path}, which is not there`);
    });
  });
}
