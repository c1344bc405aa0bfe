import type { BrowserContext, Page } from 'playwright-core';

/** What a page asked of the system around the browser, since it was loaded. */
export type Asked = {
  readonly badges: readonly number[];
  readonly notices: number;
  readonly notes: number;
  readonly asks: number;
};

/**
 * Of use from the next page that is opened or loaded on. The calls go on to the browser, but for the question whether
 * notifications are allowed, which is answered with a yes: no script can press the button of a browser.
 */
export async function watchSystem(context: BrowserContext, origin: string): Promise<void> {
  await context.exposeFunction('allowNotices', () => context.grantPermissions(['notifications'], { origin }));
  await context.addInitScript(() => {
    // An empty page has none of what is watched.
    if (!isSecureContext) return;
    const asked = { badges: [] as number[], notices: 0, notes: 0, asks: 0 };
    Object.assign(globalThis, { asked });
    const badged = Navigator.prototype as Navigator & {
      setAppBadge(count?: number): Promise<void>;
      clearAppBadge(): Promise<void>;
    };
    badged.setAppBadge = async (count = -1) => void asked.badges.push(count);
    badged.clearAppBadge = async () => void asked.badges.push(0);
    const { showNotification } = ServiceWorkerRegistration.prototype;
    ServiceWorkerRegistration.prototype.showNotification = function show(...given) {
      asked.notices++;
      return showNotification.apply(this, given);
    };
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function ring(...given) {
      asked.notes++;
      return start.apply(this, given);
    };
    Notification.requestPermission = async () => {
      asked.asks++;
      await (globalThis as unknown as { allowNotices(): Promise<void> }).allowNotices();
      return 'granted';
    };
  });
}

export const askedBy = (page: Page): Promise<Asked> => page.evaluate(() => (globalThis as unknown as { asked: Asked }).asked);

export type Shown = { readonly title: string; readonly body: string; readonly path: string; readonly silent: boolean | null };

/** The notifications that the system shows of this browser, oldest first. */
export const shownNotices = (page: Page): Promise<readonly Shown[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const notices = (await registration?.getNotifications()) ?? [];
    return notices.map(({ title, body, data, silent }) => ({
      title,
      body,
      path: (data as { path: string }).path,
      silent,
    }));
  });

/** As a person clicks the one notification there is: the event is the browser's, only its cause is not. */
export async function clickNotice(context: BrowserContext): Promise<void> {
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('no worker runs');
  await worker.evaluate(async () => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration;
      NotificationEvent: new (type: string, init: { notification: Notification }) => Event;
      dispatchEvent(event: Event): boolean;
    };
    const [notification] = await scope.registration.getNotifications();
    if (!notification) throw new Error('no notification is shown');
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  });
}
