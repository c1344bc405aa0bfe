import { setupI18n } from '@lingui/core';
import { messages as english } from './locales/en/messages.ts';

/**
 * The one instance. Components take it from `useLingui()`, so that they render again when the locale changes. The build
 * leaves out English words that are their own id (vite.config.ts), so a missing message is said as its id, without a warning each time.
 */
export const i18n = setupI18n({ missing: (_locale, id) => id });

type LocaleChoice = {
  readonly dir: 'ltr' | 'rtl';
  /** What Intl is given: plural rules, digits, dates. A pseudo-locale borrows a real one. */
  readonly intl: string;
  readonly load: () => Promise<{ messages: typeof english }>;
};

const locales: Record<string, LocaleChoice> = {
  en: { dir: 'ltr', intl: 'en', load: async () => ({ messages: english }) },
  'pseudo-rtl': { dir: 'rtl', intl: 'ar-EG', load: () => import('./locales/pseudo-rtl/messages.ts') },
};

const storageKey = 'chatter.locale';

/** `?locale=` wins and is remembered; then what was chosen before; then what the browser asks for. */
export function chosenLocale(): string {
  const asked = new URLSearchParams(location.search).get('locale');
  if (asked && asked in locales) {
    rememberLocale(asked);
    return asked;
  }
  const remembered = recall();
  if (remembered && remembered in locales) return remembered;
  return navigator.languages.map((tag) => tag.split('-')[0] ?? '').find((language) => language in locales) ?? 'en';
}

/** Loads the catalogue, turns the document the right way round, and tells every mounted component. */
export async function activateLocale(name: string): Promise<void> {
  const locale = locales[name] ?? locales['en']!;
  const { messages } = await locale.load();
  document.documentElement.lang = locale.intl;
  document.documentElement.dir = locale.dir;
  i18n.load(name, messages);
  i18n.activate(name, intlLocales(name, locale.intl));
}

/** English people in Oslo want English words and their own clock, so the region of the browser's own tag is kept. */
function intlLocales(name: string, intl: string): string[] {
  const regional = navigator.languages.filter((tag) => tag.split('-')[0] === name);
  return [...regional, intl];
}

// Storage may be denied altogether (private windows, blocked cookies); then a locale is simply not remembered.
function rememberLocale(name: string): void {
  try {
    localStorage.setItem(storageKey, name);
  } catch {
    return;
  }
}

function recall(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}
