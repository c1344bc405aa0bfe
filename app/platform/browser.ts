import type { Report } from '../sync/ports.ts';
import { showBadge } from './badge.ts';
import { playChime } from './chime.ts';
import { createNotices } from './notices.ts';
import { holdOnScreen, isOnScreen } from './on-screen.ts';

/** What the browser does for the app beside its pages. Loaded after the first screen, which needs none of it. */
export function createBrowser(report: Report) {
  return {
    notices: createNotices(report),
    showBadge: (count: number) => showBadge(count, report),
    playChime,
    holdOnScreen,
    isOnScreen,
    askToKeep: async () => (await navigator.storage?.persist?.()) ?? false,
  };
}
