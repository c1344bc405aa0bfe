import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../api/http/registry.ts';
import type { Route } from '../../api/http/route.ts';
import { signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';

let server: TestServer;
let anna: Person;
let foreign: Server;
let page: Page;

// Another port of the same host is the same site: the browser sends the cookie along, and only the origin tells the pages apart.
beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  foreign = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>Elsewhere</title>'));
  await new Promise<void>((resolve) => foreign.listen(0, 'localhost', resolve));
  page = await anna.newPage();
  await page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await anna?.profile.dispose();
  foreign?.closeAllConnections();
  foreign?.close();
  await server?.dispose();
});

const pathOf = ({ path }: Route) => path.replaceAll(/:\w+/g, '01890000-0000-7000-8000-000000000000');

test('[AC-5] methods that change something are not even sent by a foreign page', async () => {
  const others = Object.values(routes as Record<string, Route>).filter(({ method }) => method !== 'post' && method !== 'get');
  expect(others.length).toBeGreaterThan(5);
  for (const route of others)
    expect(await fetched(pathOf(route), { method: route.method.toUpperCase(), body: '{}' }), route.path).toBe('refused');
});

test('[AC-5] what a form of a foreign page sends comes with the cookie, and is refused at every address', async () => {
  const posts = Object.values(routes as Record<string, Route>).filter(({ method }) => method === 'post');
  expect(posts.length).toBeGreaterThan(10);
  for (const route of posts) {
    const address = server.url + pathOf(route);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url() === address),
      page.evaluate(postForm, address),
    ]);
    expect(await answer.request().headerValue('cookie'), route.path).toContain('__Host-chatter=');
    expect(answer.status(), route.path).toBe(403);
  }
});

/** Sends JSON in the clothes of a text, as a page without scripts could. */
function postForm(address: string): void {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<form method="post" enctype="text/plain" action="${address}"><input name='{"phone":"' value='+41446681899"}'></form>
    <script>document.forms[0].submit()</script>`;
  document.body.append(frame);
}

test('[AC-5] a foreign page opens no socket and reads nothing, and the person stays signed in', async () => {
  const socket = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const opened = new WebSocket(url);
        opened.onopen = () => resolve('opened');
        opened.onerror = () => resolve('refused');
      }),
    `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
  );
  expect(socket).toBe('refused');
  for (const path of ['/api/me', '/socket.io/?EIO=4&transport=polling']) {
    for (const mode of ['cors', 'no-cors'] as const) expect(await fetched(path, { mode }), `${path} ${mode}`).toBe('refused');
  }
  expect(await anna.page.evaluate(async () => (await fetch('/api/me')).status)).toBe(200);
});

/** Whether the foreign page got an answer, the cookie going along. */
const fetched = (path: string, init: { readonly method?: string; readonly mode?: 'cors' | 'no-cors'; readonly body?: string }) =>
  page.evaluate(
    ({ url, asked }) =>
      fetch(url, { credentials: 'include', headers: { 'content-type': 'application/json' }, ...asked }).then(
        () => 'answered',
        () => 'refused',
      ),
    { url: server.url + path, asked: init },
  );
