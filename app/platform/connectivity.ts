import type { Connectivity } from '../sync/ports.ts';

/** What the browser believes of the network. Only its "no" is trusted; coming to the front is a reason to look again. */
export function createBrowserConnectivity(): Connectivity {
  return {
    isOnline: () => navigator.onLine,
    watch: (changed) => {
      const targets: readonly (readonly [EventTarget, string])[] = [
        [globalThis, 'online'],
        [globalThis, 'offline'],
        [globalThis, 'focus'],
        [globalThis, 'pageshow'],
        ...(typeof document === 'undefined' ? [] : ([[document, 'visibilitychange']] as const)),
      ];
      for (const [target, event] of targets) target.addEventListener(event, changed);
      return () => targets.forEach(([target, event]) => target.removeEventListener(event, changed));
    },
  };
}
