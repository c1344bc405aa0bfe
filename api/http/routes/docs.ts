import * as z from 'zod/mini';
import { docsPage, type OpenApi } from '../docs/page.ts';
import { docsStyle } from '../docs/style.ts';
import { type Handlers, route } from '../route.ts';

export const docsRoutes = {
  docs: route({
    method: 'get',
    path: '/api/docs',
    summary: 'This page: every route to read',
    access: 'anyone',
    authorisation: 'Anyone: it says what is in the source, and nothing about this server.',
    pace: 'read',
    contentType: 'text/html',
    answer: z.string(),
  }),
  docsStyle: route({
    method: 'get',
    path: '/api/docs.css',
    summary: 'How that page looks',
    access: 'anyone',
    authorisation: 'Anyone.',
    pace: 'read',
    contentType: 'text/css',
    answer: z.string(),
  }),
};

/** `document` is made when somebody first asks. */
export function createDocsHandlers({ document }: { readonly document: () => object }): Handlers<typeof docsRoutes> {
  let page: string | undefined;
  return {
    docs: async () => (page ??= docsPage(document() as OpenApi)),
    docsStyle: async () => docsStyle,
  };
}
