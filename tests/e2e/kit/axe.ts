import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { messages as mirrored } from '../../../app/locales/pseudo-rtl/messages.ts';
import { until } from './until.ts';

/** What the system asks of the colours. The page hears of it while it is open: no screen is loaded for it once more. */
export const looks = [
  { name: 'light', colorScheme: 'light', contrast: 'no-preference', forcedColors: 'none' },
  { name: 'dark', colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'none' },
  { name: 'more contrast', colorScheme: 'light', contrast: 'more', forcedColors: 'none' },
  { name: 'more contrast, dark', colorScheme: 'dark', contrast: 'more', forcedColors: 'none' },
  { name: 'forced colours', colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'active' },
] as const;
export type Look = (typeof looks)[number];

export type Locale = 'en' | 'pseudo-rtl';

/** The words of a screen that are the same for everybody, in the language that is shown. */
export function wordsIn(locale: Locale, english: string): string {
  if (locale === 'en') return english;
  const [words] = (mirrored[english] ?? []) as readonly unknown[];
  if (typeof words !== 'string') throw new Error(`“${english}” is not said by the app`);
  return words;
}

/** Colours are measured when nothing moves and everything has come. */
async function look(page: Page, { colorScheme, contrast, forcedColors }: Omit<Look, 'name'>): Promise<void> {
  await page.emulateMedia({ colorScheme, contrast, forcedColors, reducedMotion: 'reduce' });
  await until(
    () =>
      page.evaluate(async () => {
        await new Promise(requestAnimationFrame);
        // In the gallery something loads for ever.
        const isLoading = location.pathname !== '/gallery.html' && document.querySelector('.late') !== null;
        return !isLoading && document.getAnimations().every(({ playState }) => playState !== 'running');
      }),
    'everything to be there and at rest',
  );
}

/** The rules whose answer follows from colours; all others from what there is, which a look does not change. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/** What axe finds on the screen as it stands: by all its rules in the first look, by those of colour in every other. */
export async function findingsIn(
  page: Page,
  asked: readonly Look[],
  besides: readonly string[] = [],
): Promise<readonly string[]> {
  const found: string[] = [];
  await page.evaluate(makeMeasurable);
  for (const [index, { name, ...media }] of asked.entries()) {
    await look(page, media);
    const builder = await axe(page);
    if (index > 0) builder.withRules(rulesOfColour);
    else builder.disableRules([...besides]);
    const { violations } = await builder.analyze();
    for (const { id, nodes } of violations) {
      const said = nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any.map(({ message }) => message).join(', ')}`);
      found.push(`${name}: ${id}: ${said.join(' | ')}`);
    }
  }
  return found;
}

/** Its half a megabyte is put into a page once, and finding out about frames is left out: the app has none. */
async function axe(page: Page): Promise<AxeBuilder> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  return new AxeBuilder({ page, ...(isThere && { axeSource: 'void 0' }) })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] });
}

/** Runs in the page, once. */
function makeMeasurable(): void {
  if ('isMeasurable' in globalThis) return;
  Object.assign(globalThis, { isMeasurable: true });
  // A colour is there at once: what inherits it would pass through it one after the other.
  const atOnce = new CSSStyleSheet();
  atOnce.replaceSync('*, ::before, ::after { transition: none !important }');
  document.adoptedStyleSheets.push(atOnce);
  // With forced colours Chromium paints text in its `color` and still reports the author’s colour as the one it is filled with.
  const { getPropertyValue } = CSSStyleDeclaration.prototype;
  CSSStyleDeclaration.prototype.getPropertyValue = function read(name) {
    return getPropertyValue.call(this, name === '-webkit-text-fill-color' ? 'color' : name);
  };
}
