import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/root.ts';

/** A copy of the built app that a server hands out, and that can be replaced by a newer version under its feet. */
export interface Site {
  readonly folder: string;
  /** Every script and style sheet gets another name, as a new build would give it; the old names are gone. */
  publishNext(): void;
  /** Takes one file away that the present version refers to. */
  remove(named: RegExp): void;
  dispose(): void;
}

export function copySite(): Site {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-site-'));
  cpSync(join(root, 'dist', 'app'), folder, { recursive: true });
  const assets = join(folder, 'assets');
  let version = 1;
  return {
    folder,
    publishNext: () => {
      version++;
      const renamed = readdirSync(assets)
        .filter((name) => /\.(js|css)$/.test(name))
        .map((name) => [name, name.replace(/(v\d+)?(\.\w+)$/, `v${version}$2`)] as const);
      const texts = [join(folder, 'index.html'), join(folder, 'sw.js'), ...renamed.map(([name]) => join(assets, name))];
      for (const path of texts) {
        let text = readFileSync(path, 'utf8');
        for (const [before, after] of renamed) text = text.replaceAll(before, after);
        // The document is listed by its content, which has changed.
        if (path.endsWith('sw.js'))
          text = text.replace(
            /("?url"?:\s*"index\.html",\s*"?revision"?:\s*"|"?revision"?:\s*"(?=[^"]*",\s*"?url"?:\s*"index\.html"))/,
            `$1v${version}`,
          );
        writeFileSync(path, text);
      }
      for (const [before, after] of renamed) renameSync(join(assets, before), join(assets, after));
    },
    remove: (named) => {
      for (const name of readdirSync(assets)) if (named.test(name)) rmSync(join(assets, name));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
