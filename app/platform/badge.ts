import type { Report } from '../sync/ports.ts';

/** Not every system has a place for it, and not every browser the words. */
type Badged = { setAppBadge?(count: number): Promise<void>; clearAppBadge?(): Promise<void> };

/** The number on the icon of the installed app; none at zero. */
export function showBadge(count: number, report: Report): void {
  const badged = navigator as Badged;
  const shown = count > 0 ? badged.setAppBadge?.(count) : badged.clearAppBadge?.();
  shown?.catch((error: unknown) => report('badge: could not be shown', error));
}
