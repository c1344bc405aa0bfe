/** The limit in a browser: a page of one table and one list, from a service worker as the app is, and nothing else. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';

export type BarePage = { readonly url: string; stop(): Promise<void> };

const page = `<!doctype html><html lang="en"><title>Bare</title><ol id="list"></ol><script src="/dexie.js"></script><script>
const db = new Dexie('bare', { chromeTransactionDurability: 'strict', cache: 'disabled' });
db.version(1).stores({ messages: 'id, [conversationId+order]' });
const ofLast = () => db.messages.where('[conversationId+order]').between(['c0', Dexie.minKey], ['c0', Dexie.maxKey]);
const newest = () => ofLast().reverse().limit(50).toArray();
async function fill(row, { from, to, conversations, atOnce }) {
  const startedMs = performance.now();
  for (let at = from; at < to; at += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, to - at) }, (_, i) => at + i);
    await db.messages.bulkPut(rows.map((n) => ({ ...row, id: crypto.randomUUID(), conversationId: 'c' + (n % conversations), order: n })));
  }
  return performance.now() - startedMs;
}
async function show() {
  for (const { body } of await newest()) {
    const line = document.createElement('li');
    line.textContent = body.text;
    document.querySelector('#list').append(line);
  }
  requestAnimationFrame(() => Object.assign(globalThis, { shownMs: performance.now() }));
}
if (location.pathname === '/list') show();
navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => Object.assign(globalThis, { isKept: true }));
</script></html>`;

const worker = `
addEventListener('install', (event) => event.waitUntil(caches.open('bare').then((kept) => kept.addAll(['/', '/dexie.js']))));
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) =>
  event.respondWith(caches.match(event.request.mode === 'navigate' ? '/' : event.request).then((kept) => kept ?? fetch(event.request))));
`;

export async function startBarePage(): Promise<BarePage> {
  const dexie = readFileSync(join(root, 'node_modules', 'dexie', 'dist', 'dexie.min.js'));
  const server = createServer((request, response) => {
    const isScript = request.url?.endsWith('.js') === true;
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(request.url === '/dexie.js' ? dexie : isScript ? worker : page);
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As the app stores one. */
export const aRow = {
  seq: 1,
  by: '01900000-0000-7000-8000-000000000000',
  at: 1_700_000_000_000,
  writtenAt: 1_700_000_000_000,
  revised: 1,
  bodyRevised: 1,
  body: { kind: 'text', text: 'x'.repeat(200) },
  reactions: {},
  asOf: 1,
};
