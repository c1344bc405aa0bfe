import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ESTree, parseSync } from 'vite';

/** A file of the repository: what every check reads. A binary file is there by name, with no text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const root = dirname(dirname(import.meta.dirname));

/** Every file that is committed or would be. */
export function readTree(): readonly TextFile[] {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (listed.status !== 0) throw new Error(`git could not list the files: ${listed.stderr}`);
  const paths = [...new Set(listed.stdout.split('\0'))].filter((path) => path !== '');
  return paths.flatMap((path) => readEntry(path));
}

function readEntry(path: string): readonly TextFile[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(`${root}/${path}`);
  } catch (error) {
    // Deleted in the working tree and not yet in the index, or a link to a folder.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) return [];
    throw error;
  }
  const isBinary = bytes.subarray(0, 8000).includes(0);
  return [{ path, text: isBinary ? '' : bytes.toString('utf8') }];
}

export function isSource({ path }: TextFile): boolean {
  return /\.tsx?$/.test(path);
}

export function isTest(path: string): boolean {
  return path.startsWith('tests/') || /\.test\.tsx?$/.test(path);
}

/** Tests and tools: they see both sides and the machine. */
export function isOutside(path: string): boolean {
  return isTest(path) || /^(bench|scripts)\//.test(path) || !path.includes('/');
}

export type Node = ESTree.Node;

const programs = new WeakMap<TextFile, ESTree.Program>();

export function parse(file: TextFile): ESTree.Program {
  const known = programs.get(file);
  if (known) return known;
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message ?? 'cannot be parsed'}`);
  programs.set(file, program);
  return program;
}

/** Every node of a file, parents first. */
export function* nodesOf(file: TextFile): Generator<Node> {
  const pending: unknown[] = [parse(file)];
  while (pending.length > 0) {
    const next = pending.pop();
    if (Array.isArray(next)) pending.push(...(next as unknown[]).toReversed());
    else if (isNode(next)) {
      yield next;
      pending.push(...(Object.values(next) as unknown[]).filter(isNodeOrList).toReversed());
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isNodeOrList(value: unknown): boolean {
  return Array.isArray(value) || isNode(value);
}

/** `path:line`, as an editor opens it. */
export function placeOf(file: TextFile, node: { readonly start: number }): string {
  return `${file.path}:${file.text.slice(0, node.start).split('\n').length}`;
}
