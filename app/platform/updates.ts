import type { Workbox } from 'workbox-window';
import { loadAgain } from '../load-again.ts';

/**
 * A newer version of the app. Nothing reloads by itself: accepting it in one tab makes it the present version of all, and
 * each tab then reloads once, when nobody is in the middle of a sentence in it.
 *
 *   none ──found──► waiting ──accept──► taking-over ──► (reload)
 *                      │                    ▲
 *                      └──── another tab ───┘
 */
export type UpdateState = 'none' | 'waiting' | 'taking-over';

export interface Updates {
  readonly state: () => UpdateState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly accept: () => void;
  /** Hides the prompt until a still newer version is found. */
  readonly later: () => void;
}

const checkEveryMs = 60 * 60_000;
const checkAgainMsMin = 60_000;
const idleCheckMs = 500;
const askAgainMs = 1_000;

export type UpdatesDeps = {
  readonly scriptUrl: string;
  /** Whether somebody is writing in this tab right now; the reload then waits. */
  readonly isComposing: () => boolean;
  readonly reload: () => void;
};

export function createUpdates({ scriptUrl, isComposing, reload }: UpdatesDeps): Updates {
  const { serviceWorker } = navigator;
  const listeners = new Set<() => void>();
  let state: UpdateState = 'none';
  let isControlled = serviceWorker.controller !== null;
  let isReloading = false;
  let wasAccepted = false;

  const become = (next: UpdateState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const reloadOnce = () => {
    if (isReloading) return;
    isReloading = true;
    reload();
  };
  const reloadWhenIdle = () => {
    if (!isComposing()) return reloadOnce();
    become('taking-over');
    // Sending empties the field without an event of its own, so it is looked at; the page ends with its reload.
    setInterval(() => !isComposing() && reloadOnce(), idleCheckMs);
  };
  // The first screen does not wait for what is done once it is there.
  const worker = loadAgain(() => import('workbox-window')).then(({ Workbox }) => {
    const found = new Workbox(scriptUrl, { updateViaCache: 'none' });
    found.addEventListener('waiting', () => become('waiting'));
    void watch(found);
    return found;
  });
  serviceWorker.addEventListener('controllerchange', () => {
    // The very first worker takes the page as it is: it is the same version.
    if (!isControlled) isControlled = true;
    else if (wasAccepted) reloadOnce();
    else reloadWhenIdle();
  });
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    accept: () => {
      wasAccepted = true;
      if (state === 'taking-over') reloadOnce();
      else void worker.then(takeOver);
    },
    later: () => become('none'),
  };
}

/** A browser lets the worker before finish what it is at, and may not look again until it is asked again. The page ends with its reload. */
function takeOver(worker: Workbox): void {
  worker.messageSkipWaiting();
  setInterval(() => worker.messageSkipWaiting(), askAgainMs);
}

/** Looks for a newer version when the tab is looked at again, and every hour. Without a network it looks later. */
async function watch(worker: Workbox): Promise<void> {
  const registration = await worker.register().catch(() => undefined);
  if (!registration) return;
  let checkedAtMs = Date.now();
  const check = () => {
    if (Date.now() - checkedAtMs < checkAgainMsMin) return;
    checkedAtMs = Date.now();
    registration.update().catch(() => undefined);
  };
  setInterval(check, checkEveryMs);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') check();
  });
}
