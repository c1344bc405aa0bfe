import { code, escapeHtml, type Schema, schemaHtml } from './schema-html.ts';

type Content = { readonly 'application/json'?: { readonly schema: Schema } };
type Operation = {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
};
export type OpenApi = {
  readonly tags: readonly { readonly name: string }[];
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
  };
};
type Entry = { readonly path: string; readonly method: string; readonly operation: Operation };

/** The document of the interface as a page to read: no script, one stylesheet, and nothing from anywhere else. */
export function docsPage({ info, tags, paths, components }: OpenApi): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ path, method, operation })),
  );
  const entriesOf = (area: string): readonly Entry[] => entries.filter(({ operation }) => operation.tags.includes(area));
  const areas = tags.map(({ name }) => [name, entriesOf(name)] as const);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(info.title)}: the interface</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/api/docs.css">
</head>
<body>
<header>
<h1>${escapeHtml(info.title)}: the interface</h1>
<p class="lead">${withCode(info.description)}</p>
<p>Version ${escapeHtml(info.version)} of the wire. The same as a document for tools: ${code('docs/openapi.json')}.</p>
</header>
<nav aria-label="Routes">${areas.map(([area, inside]) => areaLinks(area, inside)).join('')}
<h2><a href="#refusals">Refusals</a></h2><h2><a href="#schemas">Schemas</a></h2></nav>
<main>
${areas.map(([area, inside]) => areaHtml(area, inside)).join('\n')}
<section id="refusals"><h2>Refusals</h2>
<p>Whatever is refused is answered with a code and what to do about it, as <a href="#schema-Refusal">Refusal</a>.</p>
<dl>${Object.entries(components.responses).map(refusalHtml).join('')}</dl></section>
<section id="schemas"><h2>Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3><div class="schema">${schemaHtml(schema)}</div></article>`,
  )
  .join('\n')}</section>
</main>
</body>
</html>
`;
}

const anchorOf = (area: string): string => `area-${area.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;

function areaLinks(area: string, entries: readonly Entry[]): string {
  const links = entries.map(
    ({ path, method, operation }) =>
      `<li><a href="#${operation.operationId}">${verb(method)} ${escapeHtml(path.replace(/^\/api/, ''))}</a></li>`,
  );
  return `<h2><a href="#${anchorOf(area)}">${escapeHtml(area)}</a></h2><ul>${links.join('')}</ul>`;
}

function areaHtml(area: string, entries: readonly Entry[]): string {
  return `<section id="${anchorOf(area)}"><h2>${escapeHtml(area)}</h2>\n${entries.map(entryHtml).join('\n')}</section>`;
}

const verb = (method: string): string => `<b class="verb ${escapeHtml(method)}">${escapeHtml(method.toUpperCase())}</b>`;

function entryHtml({ path, method, operation }: Entry): string {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const inAddress = parameters.filter(({ in: place }) => place !== 'header');
  const parts = [
    `<h3>${verb(method)} <code>${escapeHtml(path)}</code></h3>`,
    `<p>${escapeHtml(summary)}.</p>`,
    `<p class="who">${security.length === 0 ? 'Without signing in. ' : ''}${escapeHtml(description)}</p>`,
    inAddress.length > 0 &&
      `<h4>In the address</h4><ul class="fields">${inAddress
        .map(
          ({ name, in: place, required, schema }) =>
            `<li>${code(name)} in the ${escapeHtml(place)}${required ? '' : ' <i>optional</i>'}: ${schemaHtml(schema)}</li>`,
        )
        .join('')}</ul>`,
    bodyHtml('Asked with', requestBody?.content),
    bodyHtml('Answered with', responses['200']?.content),
  ];
  return `<article id="${escapeHtml(operationId)}">${parts.filter(Boolean).join('\n')}</article>`;
}

function bodyHtml(title: string, content: Content | undefined): string {
  if (!content) return '';
  const schema = content['application/json']?.schema;
  const inside = schema ? schemaHtml(schema) : Object.keys(content).map(code).join(', ');
  return `<details><summary>${title}</summary><div class="schema">${inside}</div></details>`;
}

function refusalHtml([name, { description }]: [string, { readonly description: string }]): string {
  return `<dt>${escapeHtml(name.replace('Refused', ''))}</dt><dd>${withCode(description)}</dd>`;
}

const withCode = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
