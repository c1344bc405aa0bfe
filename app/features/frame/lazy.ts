import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { loadAgain } from '../../load-again.ts';

const recoveredAtKey = 'chatter.recovered-at';
const againMsMin = 60_000;
/** Long enough for a page that is being left, whose files are not loaded any more, to be gone; it must not be called back. */
const triedAgainAfterMs = [500] as const;

/**
 * A screen in a file of its own. When that file is gone (a newer version took its place on the server before this tab
 * knew), the tab loads itself again, once: a second failure within a minute is shown instead of a loop.
 */
export function lazyScreen<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await loadAgain(load, triedAgainAfterMs) };
    } catch (error) {
      if (!mayRecover()) throw error;
      location.reload();
      return new Promise<never>(() => undefined);
    }
  });
}

function mayRecover(): boolean {
  try {
    const recoveredAtMs = Number(sessionStorage.getItem(recoveredAtKey) ?? 0);
    if (Date.now() - recoveredAtMs < againMsMin) return false;
    sessionStorage.setItem(recoveredAtKey, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}
