import { expect, test } from 'vitest';
import { menuPlace, menuPlaceAt } from './menu-place.ts';

const view = { width: 400, height: 800, isRtl: false };
const menu = { width: 200, height: 300 };
const buttonAt = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 40, width: 40, height: 40 });

test('under the button, ending where it ends', () => {
  expect(menuPlace(buttonAt(340, 10), menu, view)).toEqual({ left: 180, top: 54 });
  expect(menuPlace(buttonAt(20, 10), menu, { ...view, isRtl: true })).toEqual({ left: 20, top: 54 });
});

test('never outside the window', () => {
  expect(menuPlace(buttonAt(0, 10), menu, view).left).toBe(8);
  expect(menuPlace(buttonAt(360, 700), menu, view)).toEqual({ left: 192, top: 396 });
  expect(menuPlace(buttonAt(360, 200), { width: 200, height: 790 }, view).top).toBe(8);
});

test('where it was asked for, beginning there as lines of text do, and inside the window', () => {
  expect(menuPlaceAt({ x: 100, y: 100 }, menu, view)).toEqual({ left: 100, top: 104 });
  expect(menuPlaceAt({ x: 300, y: 100 }, menu, { ...view, isRtl: true })).toEqual({ left: 100, top: 104 });
  expect(menuPlaceAt({ x: 390, y: 700 }, menu, view)).toEqual({ left: 192, top: 396 });
  expect(menuPlaceAt({ x: 100, y: 100 }, menu, { ...view, isRtl: true }).left).toBe(8);
});
