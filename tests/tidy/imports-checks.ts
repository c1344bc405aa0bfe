import { type Import, importsOf, isForeign, packageOf } from './imports.ts';
import { type TextFile, isOutside, isSource, isTest, nodesOf, placeOf } from './tree.ts';

type Arrows = Readonly<Record<string, readonly string[]>>;

/** Imports that the table does not allow, and files that are in no room of it. */
export function forbiddenImports(tree: readonly TextFile[], arrows: Arrows): readonly string[] {
  return tree.filter((file) => isSource(file) && !isOutside(file.path)).flatMap((file) => forbiddenImportsOf(file, arrows));
}

function forbiddenImportsOf(file: TextFile, arrows: Arrows): readonly string[] {
  const room = roomOf(file.path, arrows);
  if (!room) return [`${file.path} is in no room of tests/arrows.ts: add a line for it`];
  const allowed = arrows[room.key] ?? [];
  return importsOf(file)
    .filter((found) => !isInFolder(found.target, room.path) || roomOf(found.target, arrows)?.path !== room.path)
    .filter((found) => !allowed.some((entry) => allows(entry, found)))
    .map(({ place, target }) => `${place} imports ${target}, which tests/arrows.ts does not allow to ${room.path}`);
}

/** The room with the longest key. A `*` stands for one folder, and each such folder is a room of its own. */
function roomOf(path: string, arrows: Arrows): { readonly key: string; readonly path: string } | undefined {
  const parts = path.split('/');
  return Object.keys(arrows)
    .map((key) => ({ key, path: parts.slice(0, key.split('/').length).join('/') }))
    .filter((room) => matches(room.key, room.path))
    .sort(
      (a, b) => b.key.split('/').length - a.key.split('/').length || Number(a.key.includes('*')) - Number(b.key.includes('*')),
    )[0];
}

function matches(key: string, path: string): boolean {
  const folders = path.split('/');
  return key.split('/').length === folders.length && key.split('/').every((part, i) => part === '*' || part === folders[i]);
}

function allows(entry: string, found: Import): boolean {
  if (entry.startsWith('lazy ')) return found.isLazy && allows(entry.slice('lazy '.length), found);
  if (entry === 'node:') return found.target.startsWith('node:');
  if (entry.endsWith('*')) return found.target.startsWith(entry.slice(0, -1));
  return isInFolder(found.target, entry) || found.target.replace(/\.(tsx?|json|css)$/, '') === entry;
}

function isInFolder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Into sync-protocol there is one door, and one more for tests. */
export function sideDoors(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter((file) => isSource(file) && !file.path.startsWith('sync-protocol/'))
    .flatMap(importsOf)
    .filter(
      ({ target, specifier }) => target.startsWith('sync-protocol/') && !specifier.startsWith('#') && !target.endsWith('.json'),
    )
    .map(({ place, specifier }) => `${place} imports ${specifier}: sync-protocol is entered by #sync-protocol`);
}

export function testingInProduct(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter((file) => isSource(file) && !isOutside(file.path))
    .flatMap(importsOf)
    .filter((found) => !isForeign(found) && (isTest(found.target) || /(^|\/)testing\.ts$/.test(found.target)))
    .filter(({ from, target }) => from !== target)
    .map(({ place, target }) => `${place} imports ${target}: only tests, bench and scripts may`);
}

/** Relative imports name a file that is there, with its ending. */
export function brokenImports(tree: readonly TextFile[]): readonly string[] {
  const paths = new Set(tree.map(({ path }) => path));
  return tree
    .filter(isSource)
    .flatMap(importsOf)
    .filter((found) => !isForeign(found) && !paths.has(found.target))
    .map(({ place, specifier }) => `${place} imports ${specifier}, which is no file`);
}

/** What the product imports is a dependency; what tests and tools import may be a development dependency. */
export function undeclaredPackages(tree: readonly TextFile[]): readonly string[] {
  const manifest = tree.find(({ path }) => path === 'package.json');
  if (!manifest) return ['package.json is missing'];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest.text) as Record<string, Record<string, string>>;
  const allDependencies = { ...dependencies, ...devDependencies };
  return tree
    .filter(isSource)
    .flatMap(importsOf)
    .filter((found) => isForeign(found) && !/^(node|virtual):/.test(found.target))
    .filter(({ from, target }) => !(packageOf(target) in (isOutside(from) ? allDependencies : dependencies)))
    .map(({ place, target }) => `${place} imports ${target}, which package.json does not list as a dependency`);
}

/** npm leaves out of the lock file what its registry does not have yet for some platform, and then refuses to install from it. */
export function missingPlatforms(tree: readonly TextFile[]): readonly string[] {
  const lock = tree.find(({ path }) => path === 'package-lock.json');
  if (!lock) return ['package-lock.json is missing'];
  const { packages } = JSON.parse(lock.text) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> };
  const listed = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !listed.has(name))
      .map((name) => `package-lock.json lacks ${name}, an optional dependency of ${path}: pin a version that is complete`),
  );
}

export function reexports(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter((file) => isSource(file) && file.path !== 'sync-protocol/index.ts')
    .flatMap(importsOf)
    .filter(({ isReexport }) => isReexport)
    .map(({ place, specifier }) => `${place} re-exports ${specifier}: only sync-protocol/index.ts may`);
}

/** Circles of static imports, types included. `import()` may close a circle: it runs later. */
export function cycles(tree: readonly TextFile[]): readonly string[] {
  const targetsByPath = new Map<string, readonly string[]>();
  for (const file of tree.filter(isSource)) {
    targetsByPath.set(
      file.path,
      importsOf(file)
        .filter(({ isLazy }) => !isLazy)
        .map(({ target }) => target),
    );
  }
  const found: string[] = [];
  const done = new Set<string>();
  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at !== -1) found.push(`cycle: ${[...trail.slice(at), path].join(' -> ')}`);
    if (at !== -1 || done.has(path)) return;
    for (const target of targetsByPath.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  }
  for (const path of targetsByPath.keys()) visit(path, []);
  return found;
}

/** Only env.ts reads the environment. */
export function environmentReads(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter((file) => isSource(file) && !isOutside(file.path) && !/^(api|app)\/env\.ts$/.test(file.path))
    .flatMap((file) =>
      [...nodesOf(file)]
        .filter((node) => node.type === 'MemberExpression' && /^(process\.env|import\.meta\.env)$/.test(textOf(file, node)))
        .map((node) => `${placeOf(file, node)} reads ${textOf(file, node)}: only env.ts may`),
    );
}

const impure =
  /^(Date\.now|Math\.random|performance\.now|crypto\.randomUUID|crypto\.getRandomValues|fetch|set(Timeout|Interval|Immediate)|queueMicrotask|Date)$/;

/** Time, chance and the network are ports of the pure rooms. */
export function impurities(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter((file) => isSource(file) && !isTest(file.path) && /^(sync-protocol|app\/sync|api\/core)\//.test(file.path))
    .flatMap((file) =>
      [...nodesOf(file)]
        .filter((node) => node.type === 'CallExpression' || (node.type === 'NewExpression' && node.arguments.length === 0))
        .filter((node) => 'callee' in node && impure.test(textOf(file, node.callee as typeof node)))
        .map((node) => `${placeOf(file, node)} calls ${textOf(file, node)}: time, chance and the network are ports here`),
    );
}

function textOf(file: TextFile, node: { readonly start: number; readonly end: number }): string {
  return file.text.slice(node.start, node.end);
}
