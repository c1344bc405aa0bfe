import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const storageKey = 'chatter.theme';
const listeners = new Set<() => void>();

/** What was chosen on this device; public/first.js reads the same key before the first paint. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme);
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // Storage is denied: the choice lasts until the tab closes.
  }
  colourSystemBar();
  for (const listener of listeners) listener();
}

/** The bar above an installed app follows the theme chosen here, not only the system's. */
export function colourSystemBar(): void {
  const chosen = readTheme();
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const isDark = chosen === 'system' ? meta.media.includes('dark') : chosen === 'dark';
    meta.content = isDark ? '#14191e' : '#ffffff';
  }
}

function readTheme(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
