// Handed out as /sw.js while the server runs with RETIRE_WORKER=true: takes the place of a worker that does harm, removes
// it and every file it kept, and loads the open pages once from the server. Messages and drafts are elsewhere, and stay.
let asking;
self.addEventListener('install', () => {
  self.skipWaiting();
  // A browser lets the worker before finish what it is at, and may not look again until it is asked again.
  asking = setInterval(() => self.skipWaiting(), 1_000);
});
self.addEventListener('message', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  clearInterval(asking);
  event.waitUntil(retire());
});

async function retire() {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
  // Only pages that a worker still controls: one loaded since then asks for a worker again, gets this one, and stays as it is.
  for (const page of await self.clients.matchAll({ type: 'window' })) await page.navigate(page.url);
}
