/**
 * Takes what the app wrote beside its database: choices, places and, once the server has heard of it, the worker and its
 * files, which come anew with the sign-in page. Without a network the files stay, or the browser would have no page to show;
 * nobody's messages are in them.
 */
export async function forgetDevice({ isServerTold }: { readonly isServerTold: boolean }): Promise<void> {
  forgetPlaces();
  await forgetNotices();
  if (!isServerTold || !('caches' in globalThis)) return;
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

/** How the app looks and speaks is a choice of whoever uses this device next, too. */
const kept = new Set(['chatter.theme', 'chatter.locale']);

function forgetPlaces(): void {
  try {
    for (const key of Object.keys(localStorage)) if (!kept.has(key)) localStorage.removeItem(key);
    sessionStorage.clear();
  } catch {
    // Storage is denied: nothing was kept there.
  }
}

/** What the system shows of a person's messages goes with them. */
async function forgetNotices(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notice of (await registration?.getNotifications?.()) ?? []) notice.close();
}
