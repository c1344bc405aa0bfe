import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrast, toRgb, type Oklch } from './contrast.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [normal = '', strong = ''] = css.split('@media (prefers-contrast: more)');
const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Which words may stand on which surface. A new pair in a component is a new pair here. */
const everySurface = ['bg', 'panel', 'sunk', 'wash', 'raised', 'accent-soft', 'mine', 'theirs'];
const pairs: Readonly<Record<string, readonly string[]>> = {
  ink: [...everySurface, 'warn', 'danger-soft'],
  'ink-2': [...everySurface, 'dim'],
  // The faintest ink keeps to plain surfaces.
  'ink-3': ['bg', 'panel', 'sunk', 'wash', 'raised', 'theirs'],
  'accent-text': everySurface,
  'accent-ink': ['accent', 'accent-strong'],
  'mine-meta': ['mine'],
  'warn-ink': ['warn'],
  danger: ['bg', 'panel', 'sunk', 'wash', 'raised', 'danger-soft', 'theirs', 'mine', 'accent-soft'],
  'danger-ink': ['danger'],
  ok: ['bg', 'panel', 'wash', 'raised'],
  // Toasts and small dim badges are inverted.
  panel: ['ink', 'ink-2', 'ink-3'],
};

function token(name: string, theme: Theme, isStrong = false): Oklch {
  const line = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\);`, 'u');
  const found = (isStrong ? line.exec(strong) : null) ?? line.exec(normal);
  const [l = NaN, c = NaN, h = NaN] = (theme === 'light' ? found?.[1] : found?.[2])?.split(' ').map(Number) ?? [];
  return { l, c, h };
}

const cases = themes.flatMap((theme) =>
  Object.entries(pairs).flatMap(([text, surfaces]) => surfaces.map((surface) => ({ theme, text, surface }))),
);

test.each(cases)('$text on $surface, $theme: at least 4.5:1', ({ theme, text, surface }) => {
  expect(contrast(token(text, theme), token(surface, theme))).toBeGreaterThanOrEqual(4.5);
});

test.each(cases.filter(({ text }) => !['accent-ink', 'danger-ink', 'panel'].includes(text)))(
  '$text on $surface, $theme, more contrast asked for: not less than before',
  ({ theme, text, surface }) => {
    const asked = contrast(token(text, theme, true), token(surface, theme, true));
    expect(asked).toBeGreaterThanOrEqual(Math.min(6, contrast(token(text, theme), token(surface, theme))));
  },
);

/** Fields, switches and boxes are found by their edge. */
test.each(themes)('the edge of a control is at least 3:1 (%s)', (theme) => {
  for (const surface of ['panel', 'bg', 'wash']) {
    expect(contrast(token('edge', theme), token(surface, theme)), surface).toBeGreaterThanOrEqual(3);
  }
});

test.each(themes)('every hue of a person passes (%s)', (theme) => {
  const shade = (name: string, hue: number): Oklch => {
    const line = new RegExp(`--${name}: light-dark\\(oklch\\(([\\d. ]+)var.*oklch\\(([\\d. ]+)var`, 'u').exec(css);
    const [l = NaN, c = NaN] = (theme === 'light' ? line?.[1] : line?.[2])?.trim().split(' ').map(Number) ?? [];
    return { l, c, h: hue };
  };
  for (let hue = 0; hue < 360; hue++) {
    expect(contrast(shade('hue-fore', hue), shade('hue-back', hue)), `initials at ${hue}`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(shade('hue-name', hue), token('theirs', theme)), `name at ${hue}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('the arithmetic agrees with known colours', () => {
  expect(toRgb({ l: 1, c: 0, h: 0 }).map((x) => Math.round(x * 255))).toEqual([255, 255, 255]);
  expect(toRgb({ l: 0.62796, c: 0.25768, h: 29.234 }).map((x) => Math.round(x * 255))).toEqual([255, 0, 0]);
  expect(contrast({ l: 1, c: 0, h: 0 }, { l: 0, c: 0, h: 0 })).toBeCloseTo(21);
});
