import type { Report } from '../sync/ports.ts';

export type NoticePermission = 'unsupported' | 'default' | 'granted' | 'denied';

/** One conversation that has something new. `key` names it: a later notice takes the place of an earlier one. */
export type Notice = {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  /** Where a click leads. */
  readonly path: string;
  readonly atMs: number;
  readonly isSilent: boolean;
};

/** What the system shows beside the app. All of it goes through the worker, which outlives the tab and takes the clicks. */
export interface Notices {
  permission(): NoticePermission;
  /** Only from a button: browsers refuse whoever asks unbidden, and remember it. */
  ask(): Promise<NoticePermission>;
  show(notice: Notice): Promise<void>;
  /** Takes away those whose key is not among these. */
  keepOnly(keys: ReadonlySet<string>): Promise<void>;
}

const icon = '/icons/icon-192.png';
const badge = '/icons/monochrome-96.png';

export function createNotices(report: Report): Notices {
  // Private windows of some browsers have no workers, and pages inside other apps no notifications.
  const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const isSupported =
    worker !== undefined && 'Notification' in globalThis && 'showNotification' in ServiceWorkerRegistration.prototype;
  // To ask what is allowed takes a browser a millisecond, and each message would.
  let held: NoticePermission | undefined;
  const forget = () => {
    held = undefined;
  };
  document.addEventListener('visibilitychange', forget);
  navigator.permissions?.query({ name: 'notifications' }).then(
    (status) => status.addEventListener('change', forget),
    // A browser that does not tell of changes here is asked anew whenever the app comes to the front.
    () => undefined,
  );
  const permission = (): NoticePermission => (held ??= isSupported ? Notification.permission : 'unsupported');
  const isAllowed = () => permission() === 'granted';
  return {
    permission,
    ask: async () => {
      if (isSupported) await Notification.requestPermission();
      forget();
      return permission();
    },
    show: async ({ key, title, text, path, atMs, isSilent }) => {
      if (!isAllowed()) return;
      const registration = await worker?.getRegistration();
      // `renotify` and `timestamp` are not in every browser's list, and the others pass over them.
      const options = { body: text, tag: key, renotify: true, timestamp: atMs, silent: isSilent, icon, badge, data: { path } };
      await registration?.showNotification(title, options).catch((error: unknown) => report('notices: not shown', error));
    },
    keepOnly: async (keys) => {
      if (!isAllowed()) return;
      const registration = await worker?.getRegistration();
      for (const shown of (await registration?.getNotifications()) ?? []) if (!keys.has(shown.tag)) shown.close();
    },
  };
}
