import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Browser, InstallState } from './browser.ts';
import { useFrame } from './frame.ts';

/** `undefined` for the moment in which it is loaded. */
export function useBrowser(): Browser | undefined {
  const { browser } = useFrame();
  const [loaded, setLoaded] = useState<Browser>();
  useEffect(() => {
    let isShown = true;
    // Without it the app lacks a badge and no message; the failure is in the console for a report.
    browser().then(
      (found) => isShown && setLoaded(found),
      (error: unknown) => console.error('the browser’s part of the app could not be loaded', error),
    );
    return () => {
      isShown = false;
    };
  }, [browser]);
  return loaded;
}

export function useInstall(): InstallState['at'] {
  const { state } = useFrame().install;
  return useSyncExternalStore(state.subscribe, state.get).at;
}

/** Whether this tab speaks for the app to the system; exactly one of its tabs does. */
export function useIsLeading(): boolean {
  const { lead } = useFrame();
  return useSyncExternalStore(lead.subscribe, lead.get).isLeading;
}
