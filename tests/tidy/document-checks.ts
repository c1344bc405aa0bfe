import { posix } from 'node:path';
import { type Node, type TextFile, isSource, isTest, nodesOf, placeOf } from './tree.ts';

/** What tests/tidy plants to be found must not be found in tests/tidy itself. */
function isPlanted({ path }: TextFile): boolean {
  return /^tests\/tidy(\.test\.ts$|\/)/.test(path);
}

const definition = /\*\*([A-Z]{2,3}-\d+)\*\*/g;
const citation = /\[([A-Z]{2,3}-\d+)\]/g;

/** Every rule of SPEC.md is cited by a test, or says why none can; and what is cited is defined. */
export function unmatchedRules(tree: readonly TextFile[]): readonly string[] {
  const spec = tree.find(({ path }) => path === 'sync-protocol/SPEC.md');
  if (!spec) return ['sync-protocol/SPEC.md is missing'];
  const rules = rulesOf(spec.text);
  const sources = tree.filter((file) => isSource(file) && !isPlanted(file));
  const places = new Map(sources.flatMap((file) => citedIn(file)));
  const tested = new Set(sources.filter(({ path }) => isTest(path)).flatMap((file) => citedIn(file).map(([id]) => id)));
  return [
    ...rules
      .filter(({ id }, i) => rules.findIndex((rule) => rule.id === id) !== i)
      .map(({ id }) => `rule ${id} is defined twice`),
    ...rules
      .filter(({ id, why }) => why === undefined && !tested.has(id))
      .map(({ id }) => `rule ${id} has no test: cite [${id}] in one, or say (untested: why)`),
    ...rules
      .filter(({ id, why }) => why !== undefined && tested.has(id))
      .map(({ id }) => `rule ${id} says it is untested, and a test cites it`),
    ...[...places]
      .filter(([id]) => !rules.some((rule) => rule.id === id))
      .map(([id, path]) => `${path} cites [${id}], which SPEC.md does not define`),
  ];
}

function rulesOf(spec: string): readonly { readonly id: string; readonly why: string | undefined }[] {
  const found = [...spec.matchAll(definition)];
  return found.map((match, i) => {
    const body = spec.slice(match.index, found[i + 1]?.index ?? spec.length);
    return { id: match[1] ?? '', why: /\(untested: ([^)]+)\)/.exec(body)?.[1] };
  });
}

function citedIn({ path, text }: TextFile): readonly (readonly [id: string, path: string])[] {
  return [...text.matchAll(citation)].map((match) => [match[1] ?? '', path]);
}

/** Relative links of documents lead to a file or a folder. Code is not read for links. */
export function brokenLinks(tree: readonly TextFile[]): readonly string[] {
  const paths = new Set(tree.flatMap(({ path }) => [path, ...foldersAbove(path)]));
  return tree
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap((file) =>
      linksOf(file.text)
        .filter((link) => !paths.has(posix.join(posix.dirname(file.path), link).replace(/\/$/, '')))
        .map((link) => `${file.path} links to ${link}, which is not there`),
    );
}

function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(
    (match) => match[1] ?? '',
  );
  const images = [...prose.matchAll(/<img[^>]+src="([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...targets, ...images]
    .filter((target) => !/^([a-z][a-z+.-]*:|#|\/\/)/i.test(target))
    .map((target) => decodeURIComponent(target.replace(/[#?].*$/, '')));
}

function foldersAbove(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(folder)];
}

/** The words that docs/glossary.md tells to avoid, as names that we give: of variables, functions, types and their members. */
export function avoidedNames(tree: readonly TextFile[]): readonly string[] {
  const glossary = tree.find(({ path }) => path === 'docs/glossary.md');
  if (!glossary) return ['docs/glossary.md is missing'];
  const avoided = avoidedWords(glossary.text);
  return tree
    .filter((file) => isSource(file) && !isPlanted(file))
    .flatMap((file) =>
      [...nodesOf(file)].flatMap((node) =>
        namesGivenBy(node).flatMap((name) => {
          const word = avoided.find((candidate) => contains(wordsOf(name), wordsOf(candidate)));
          return word === undefined ? [] : [`${placeOf(file, node)} names ${name}: docs/glossary.md avoids "${word}"`];
        }),
      ),
    );
}

/** `_Avoid:_ packet, sync item.` A remark in brackets after a word is for people. */
export function avoidedWords(glossary: string): readonly string[] {
  return [...glossary.matchAll(/_Avoid:?_:?\s*([^\n]+)/g)]
    .flatMap((match) => (match[1] ?? '').replace(/\([^)]*\)/g, '').split(/[,;]/))
    .map((word) => word.replace(/[*_`."“”]/g, '').trim())
    .filter((word) => word !== '');
}

function namesGivenBy(node: Node): readonly string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return namesIn(node.id);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const own = node.id ? [node.id.name] : [];
      return [...own, ...node.params.flatMap((param) => namesIn(param))];
    }
    case 'ClassDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return namesIn(node.id);
    case 'TSPropertySignature':
    case 'TSMethodSignature':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return namesIn(node.key);
    default:
      return [];
  }
}

function namesIn(pattern: Node | null): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => namesIn(element));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => namesIn(property.type === 'RestElement' ? property : property.value));
    default:
      return [];
  }
}

/** `syncItems`, `sync-item` and `SYNC_ITEM` are the same two words. */
function wordsOf(name: string): readonly string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  const words = spaced.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '').map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
}

function contains(words: readonly string[], sought: readonly string[]): boolean {
  return sought.length > 0 && words.some((_, at) => sought.every((word, i) => words[at + i] === word));
}

const linesMax = 400;

export function longFiles(tree: readonly TextFile[]): readonly string[] {
  return tree
    .filter(({ path }) => /\.(tsx?|css|mjs)$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ path, lines }) => `${path} has ${lines} lines: ${linesMax} are allowed`);
}

/** Folders of one person's machine, and hosts that packages came from. Inside an image (deploy/) a folder is nobody's. */
export function machineTraces(tree: readonly TextFile[]): readonly string[] {
  const folder = /(?<![\w.$})\]])\/(?:home|Users|root|mnt|work|workspace)\/[\w.-]+/;
  const host = /https?:\/\/(?:[\w-]+\.)*(?:registry|artifactory|nexus|verdaccio)[\w.-]*/;
  return tree
    .filter((file) => !isPlanted(file))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => {
        const found = host.exec(line) ?? (path.startsWith('deploy/') ? null : folder.exec(line));
        return found ? [`${path}:${i + 1} names ${found[0]}: only this machine knows it`] : [];
      }),
    );
}
