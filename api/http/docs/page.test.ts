import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../../tests/kit/server.ts';
import { openApiDocument } from '../openapi.ts';
import { areas, routes } from '../registry.ts';
import type { Route } from '../route.ts';
import { docsPage, type OpenApi } from './page.ts';
import { escapeHtml, type Schema, schemaHtml } from './schema-html.ts';

let server: TestServer;
let page = '';
beforeAll(async () => {
  server = await startServer();
  page = (await server.ask('GET', '/api/docs')).text;
});
afterAll(() => server.stop());

test('every route is in one area', () => {
  const named = Object.values(areas).flatMap((inside) => Object.keys(inside));
  expect(named.toSorted()).toEqual(Object.keys(routes).toSorted());
});

test('[RU-7] every route is on the page, with its address and who may', () => {
  const all = Object.entries(routes as Readonly<Record<string, Route>>);
  for (const [name, { path, summary, authorisation }] of all) {
    expect(page).toContain(`<article id="${name}">`);
    for (const said of [path.replaceAll(/:(\w+)/g, '{$1}'), summary, authorisation]) expect(page).toContain(escapeHtml(said));
  }
  expect(page.match(/<article id="(?!schema-)/g)).toHaveLength(all.length);
});

test('[RU-7] the page runs nothing, loads its one stylesheet, and links only to itself', async () => {
  expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=|<img|<iframe|javascript:/i);
  const loaded = [...page.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map((match) => match[1]);
  expect(loaded).toEqual(['/favicon.svg', '/api/docs.css']);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
  expect(targets.length).toBeGreaterThan(40);
  expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  const style = await server.ask('GET', '/api/docs.css');
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(style.text).not.toMatch(/url\(|@import/);
  const { status, headers } = await server.ask('GET', '/api/docs');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers.get('content-security-policy')).toContain("script-src 'self'");
});

test('every tag that is opened is closed', () => {
  const empty = new Set(['meta', 'link', '!doctype']);
  const open: string[] = [];
  for (const [, slash, name = ''] of page.matchAll(/<(\/?)([!a-z][a-z\d]*)[^>]*>/g)) {
    if (empty.has(name)) continue;
    if (slash === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test('what a document says is text, whatever it says', () => {
  const hostile = '<img src=x onerror=alert(1)>"\'&';
  const document = JSON.parse(JSON.stringify(openApiDocument()).replaceAll('"Chatter"', JSON.stringify(hostile))) as OpenApi;
  const said = docsPage({ ...document, components: { ...document.components, schemas: { [hostile]: { enum: [hostile] } } } });
  expect(said).not.toContain('<img');
  expect(said).toContain(escapeHtml(hostile));
});

test.each<[Schema, string]>([
  [{ type: 'string', minLength: 1, maxLength: 5 }, 'string, 1 to 5 characters'],
  [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer, at least 0'],
  [{ type: 'string', format: 'uuid', pattern: '^x$' }, 'string, <code>uuid</code>'],
  [{ const: 'a' }, '<code>&quot;a&quot;</code>'],
  [{ enum: ['a', 1] }, '<code>&quot;a&quot;</code> or <code>1</code>'],
  [{ $ref: '#/components/schemas/Op' }, '<a href="#schema-Op">Op</a>'],
  [{ type: 'array', items: { type: 'string' }, maxItems: 3 }, 'a list, at most 3 of string'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'one of<ul class="fields"><li>string</li><li>null</li></ul>'],
  [{ prefixItems: [{ type: 'string' }] }, 'a list of exactly 1<ul class="fields"><li>string</li></ul>'],
  [{}, 'anything'],
  [
    { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'], additionalProperties: { type: 'null' } },
    'object<ul class="fields"><li><code>a</code>: string</li><li><code>b</code> <i>optional</i>: anything</li><li>any other: null</li></ul>',
  ],
])('%j reads as %s', (schema, words) => {
  expect(schemaHtml(schema)).toBe(words);
});
