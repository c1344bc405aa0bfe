import type { TextFile } from './tree.ts';

const trap = /^\| (PT-\d+) \|/;
const reference = /`([\w./-]+\.test\.tsx?)` “([^”]+)”/g;

/** Every trap of docs/security.md is held by a test that exists under that title, or says why it is none here. */
export function unheldTraps(tree: readonly TextFile[]): readonly string[] {
  const page = tree.find(({ path }) => path === 'docs/security.md');
  if (!page) return ['docs/security.md is missing'];
  return page.text.split('\n').flatMap((line) => {
    const id = trap.exec(line)?.[1];
    if (id === undefined) return [];
    const references = [...line.matchAll(reference)];
    if (references.length === 0 && !/(Does not apply|Open): \S/.test(line)) return [`docs/security.md: ${id} names no test`];
    return references
      .filter(([, path, title = '']) => tree.find((file) => file.path === path)?.text.includes(title) !== true)
      .map(([, path, title]) => `docs/security.md: ${id} names “${title}” of ${path}, which is not there`);
  });
}
