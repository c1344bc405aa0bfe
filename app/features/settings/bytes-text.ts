import type { Locales } from '../../ui/dates.ts';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** "184 MB", in the digits and words of the locale. */
export function bytesText(bytes: number, locales: Locales): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const format = {
    style: 'unit',
    unit: units[power]!,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && power > 1 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(locales as string | string[], format).format(value);
}
