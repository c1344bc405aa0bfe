import { createCell, type Observable } from '../sync/state.ts';

/**
 * How this browser lets Chatter be installed.
 *
 *   unknown ──offered by the browser──► offered ──yes──► installed
 *      by hand: Safari on iPhones and iPads has a way and no word for pages to start it
 */
export type InstallState = { readonly at: 'unknown' | 'offered' | 'by-hand' | 'installed' };

export interface Install {
  readonly state: Observable<InstallState>;
  /** Shows the browser's own question. Only from a button. */
  readonly ask: () => Promise<void>;
}

type InstallPrompt = Event & { prompt(): Promise<unknown> };

const runsInstalled = '(display-mode: standalone), (display-mode: minimal-ui), (display-mode: window-controls-overlay)';

/** Begun with the page: the browser offers once, early, and whoever does not listen has missed it. */
export function createInstall(): Install {
  const state = createCell<InstallState>({ at: initially() });
  const isRunInstalled = state.get().at === 'installed';
  let kept: InstallPrompt | undefined;
  addEventListener('beforeinstallprompt', (event) => {
    // Kept for the button; the browser's own bar would come at a moment nobody chose.
    event.preventDefault();
    if (isRunInstalled) return;
    kept = event as InstallPrompt;
    state.set({ at: 'offered' });
  });
  addEventListener('appinstalled', () => {
    kept = undefined;
    state.set({ at: 'installed' });
  });
  return {
    state,
    ask: async () => {
      const prompt = kept;
      // A kept prompt can be shown once; after a no the browser brings another when it sees fit.
      kept = undefined;
      if (state.get().at === 'offered') state.set({ at: 'unknown' });
      await prompt?.prompt();
    },
  };
}

function initially(): InstallState['at'] {
  const { standalone } = navigator as { readonly standalone?: boolean };
  if (standalone === true || matchMedia(runsInstalled).matches) return 'installed';
  // Only Safari there knows the property; an iPad says that it is a Mac.
  return standalone === false ? 'by-hand' : 'unknown';
}
