/** Builds the app into dist/app when its sources changed since the last build. `--force` builds anyway. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';

const stampPath = join(root, 'dist', 'app.stamp');
const built = join(root, 'dist', 'app');
/** The build is made beside and moved into place: a build cut short leaves the last good one. */
const next = join(root, 'dist', 'next');

const stamp = stampOfSources();
if (process.argv.includes('--force') || !isBuilt()) build();

function isBuilt(): boolean {
  return existsSync(join(built, 'index.html')) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp;
}

function build(): void {
  if (!existsSync(join(root, 'app', 'index.html'))) {
    process.stderr.write('There is no app/index.html to build: this checkout has no app.\n');
    process.exit(1);
  }
  process.stdout.write('Building the app ...\n');
  const startedMs = Date.now();
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  for (const config of ['vite.config.ts', 'vite.gallery.config.ts']) {
    const args = [vite, 'build', 'app', '--config', join(root, 'app', config), '--outDir', next, '--logLevel', 'warn'];
    const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (done.status === 0) continue;
    rmSync(next, { recursive: true, force: true });
    process.exit(done.status ?? 1);
  }
  moveIntoPlace();
  process.stdout.write(`Built in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.\n`);
}

function moveIntoPlace(): void {
  mkdirSync(join(root, 'dist'), { recursive: true });
  rmSync(stampPath, { force: true });
  rmSync(built, { recursive: true, force: true });
  renameSync(next, built);
  writeFileSync(stampPath, stamp);
}

/** Everything that the built files depend on, by content. Tests do not. */
function stampOfSources(): string {
  const hash = createHash('sha256');
  for (const folder of ['app', 'sync-protocol', 'public']) hashFolder(hash, folder);
  for (const file of ['package-lock.json', 'package.json', 'tsconfig.json']) hashFile(hash, file);
  for (const [name, value] of Object.entries(process.env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name.startsWith('VITE_')) hash.update(`${name}=${value}\0`);
  }
  return hash.digest('hex');
}

function hashFolder(hash: ReturnType<typeof createHash>, folder: string): void {
  if (!existsSync(join(root, folder))) return;
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.(test\.tsx?|md)$/.test(entry.name));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) hashFile(hash, path.slice(root.length + 1));
}

function hashFile(hash: ReturnType<typeof createHash>, path: string): void {
  hash
    .update(`${path}\0`)
    .update(readFileSync(join(root, path)))
    .update('\0');
}
