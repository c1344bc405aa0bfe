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
  /** From now on the first time that this worker asks to take over comes to nothing, which in Chromium happens once in some fifty. */
  holdUp(worker: 'sw.js' | 'retired-sw.js'): void;
  dispose(): void;
}

const heldUpOnce = `{ let asked = 0; const ask = self.skipWaiting.bind(self); self.skipWaiting = async () => asked++ && ask(); }\n`;

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
    holdUp: (worker) => {
      const path = join(folder, worker);
      writeFileSync(path, heldUpOnce + readFileSync(path, 'utf8'));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
