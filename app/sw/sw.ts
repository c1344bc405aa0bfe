/// <reference lib="webworker" />
import { addPlugins, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { isExpectedType } from './expected-type.ts';
import { openAt, type OpenWindow } from './open-at.ts';

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
};

/** What the server alone may answer. Anything not in the list of files and no navigation goes past this worker untouched. */
const serverOnly = [/^\/(api|socket\.io)([/?]|$)/, /^\/(health|gallery\.html)(\?|$)/];

// A proxy's sign-in page or a fallback document must never be kept under the name of a script.
addPlugins([
  {
    cacheWillUpdate: ({ request, response }) =>
      Promise.resolve(
        isExpectedType({
          url: request.url,
          status: response.status,
          kind: response.type,
          type: response.headers.get('content-type'),
        })
          ? response
          : null,
      ),
  },
]);
precacheAndRoute([...self.__WB_MANIFEST]);
// Every address of the app is one document, from the cache first: it opens alike with a good network, a bad one and none.
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: serverOnly }));

self.addEventListener('activate', (event) => {
  // The shell never waits for the network, so a request sent ahead of it would be thrown away.
  event.waitUntil(Promise.all([self.registration.navigationPreload?.disable(), self.clients.claim()]));
});

// Only a person's yes makes a waiting version the present one; the first has nobody to wait for.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | undefined)?.type === 'SKIP_WAITING') void self.skipWaiting();
});

self.addEventListener('notificationclick', (event) => {
  const { path } = event.notification.data as { readonly path: string };
  event.notification.close();
  event.waitUntil(openHere(path));
});

async function openHere(path: string): Promise<void> {
  const found = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  await openAt(path, found.map(windowOf), (address) => self.clients.openWindow(address));
}

const windowOf = (client: WindowClient): OpenWindow => ({
  isFocused: client.focused,
  isVisible: client.visibilityState === 'visible',
  // Where the system keeps a window back, its page still goes there, and is found there later.
  focus: () => client.focus().catch(() => undefined),
  route: (path) => answered(client, { type: 'OPEN', path }),
  load: (path) => client.navigate(path),
});

const answerMsMax = 2_000;

function answered(client: WindowClient, message: unknown): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => resolve(true));
    port1.start();
    client.postMessage(message, [port2]);
    setTimeout(() => resolve(false), answerMsMax);
  });
}
