/** A locale tag or several, as Intl takes them: `localesOf(i18n)`. */
export type Locales = string | readonly string[];

type HasLocale = { readonly locale: string; readonly locales?: string | string[] | undefined };

export function localesOf(i18n: HasLocale): Locales {
  return i18n.locales ?? i18n.locale;
}

/** Words a date needs that Intl does not have; passed in, so that this file stays pure. */
export type DayWords = { readonly today: string; readonly yesterday: string };

export function clockTime(timeMs: number, locales: Locales): string {
  return format(locales, 'clock', { timeStyle: 'short' }).format(timeMs);
}

/** In a list of conversations: the clock today, then the shortest thing that is not ambiguous. */
export function listTime({ timeMs, nowMs }: { timeMs: number; nowMs: number }, locales: Locales, words: DayWords): string {
  const days = daysBetween(timeMs, nowMs);
  if (days <= 0) return clockTime(timeMs, locales);
  if (days === 1) return words.yesterday;
  if (days < 7) return format(locales, 'weekday', { weekday: 'short' }).format(timeMs);
  if (isSameYear(timeMs, nowMs)) return format(locales, 'day', { day: 'numeric', month: 'short' }).format(timeMs);
  return format(locales, 'date', { day: 'numeric', month: 'numeric', year: '2-digit' }).format(timeMs);
}

/** Between messages: a whole date, because a scrolled log has no other. */
export function dayLabel({ timeMs, nowMs }: { timeMs: number; nowMs: number }, locales: Locales, words: DayWords): string {
  const days = daysBetween(timeMs, nowMs);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days > 1 && days < 7) return format(locales, 'weekday-long', { weekday: 'long' }).format(timeMs);
  if (isSameYear(timeMs, nowMs)) {
    return format(locales, 'day-long', { weekday: 'short', day: 'numeric', month: 'long' }).format(timeMs);
  }
  return format(locales, 'date-long', { day: 'numeric', month: 'long', year: 'numeric' }).format(timeMs);
}

export function isSameDay(aMs: number, bMs: number): boolean {
  return startOfDay(aMs) === startOfDay(bMs);
}

/** Whole local days; rounded, because a day with a clock change has 23 or 25 hours. */
function daysBetween(earlierMs: number, laterMs: number): number {
  return Math.round((startOfDay(laterMs) - startOfDay(earlierMs)) / 86_400_000);
}

function startOfDay(timeMs: number): number {
  return new Date(timeMs).setHours(0, 0, 0, 0);
}

function isSameYear(aMs: number, bMs: number): boolean {
  return new Date(aMs).getFullYear() === new Date(bMs).getFullYear();
}

// Making a formatter costs a hundred times what using one does, and a list uses hundreds.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locales: Locales, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${String(locales)}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locales as string | string[], options);
    formats.set(key, made);
  }
  return made;
}
