import { posix } from 'node:path';
import { type Node, type TextFile, nodesOf, placeOf } from './tree.ts';

export interface Import {
  readonly from: string;
  /** `path:line` of the import. */
  readonly place: string;
  readonly specifier: string;
  /** A path of the repository, or the specifier of a package or of a Node module. */
  readonly target: string;
  readonly isLazy: boolean;
  readonly isReexport: boolean;
}

/** The doors of package.json's `imports`. */
const doors: Readonly<Record<string, string>> = {
  '#sync-protocol': 'sync-protocol/index.ts',
  '#sync-protocol/testing': 'sync-protocol/testing.ts',
};

/** Every import of a file: static, dynamic, of types, `import('x').T`, and `export ... from`. */
export function importsOf(file: TextFile): readonly Import[] {
  return [...nodesOf(file)].flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    return {
      from: file.path,
      place: placeOf(file, node),
      specifier,
      target: targetOf(file.path, specifier),
      isLazy: node.type === 'ImportExpression',
      isReexport: node.type === 'ExportAllDeclaration' || node.type === 'ExportNamedDeclaration',
    };
  });
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.source.value;
    case 'ExportNamedDeclaration':
      return node.source?.value;
    case 'ImportExpression':
    case 'TSImportType':
      return node.source.type === 'Literal' && typeof node.source.value === 'string' ? node.source.value : undefined;
    default:
      return undefined;
  }
}

function targetOf(from: string, specifier: string): string {
  const withoutQuery = specifier.replace(/\?.*$/, '');
  if (withoutQuery.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), withoutQuery));
  return doors[withoutQuery] ?? withoutQuery;
}

/** True for a package, a Node module or a module that a plugin makes up; false for a file of the repository. */
export function isForeign({ specifier }: Import): boolean {
  return !specifier.startsWith('.') && !specifier.startsWith('#');
}

export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
