import { expect, test } from 'vitest';
import { clockTime, dayLabel, isSameDay, listTime } from './dates.ts';

const words = { today: 'Today', yesterday: 'Yesterday' };
const nowMs = new Date(2026, 10, 22, 12, 4).getTime();
const at = (month: number, day: number, year = 2026) => new Date(year, month, day, 9, 5).getTime();

test('a list shows the shortest time that is not ambiguous', () => {
  const shown = (timeMs: number) => listTime({ timeMs, nowMs }, 'en-GB', words);
  expect(shown(at(10, 22))).toBe('09:05');
  expect(shown(at(10, 21))).toBe('Yesterday');
  expect(shown(at(10, 20))).toBe('Fri');
  expect(shown(at(10, 14))).toBe('14 Nov');
  expect(shown(at(10, 14, 2024))).toBe('14/11/24');
});

test('a device whose clock is behind still shows a time, not a day', () => {
  expect(listTime({ timeMs: at(10, 23), nowMs }, 'en-GB', words)).toBe('09:05');
});

test('between messages the whole day is named', () => {
  const shown = (timeMs: number) => dayLabel({ timeMs, nowMs }, 'en-GB', words);
  expect(shown(at(10, 22))).toBe('Today');
  expect(shown(at(10, 21))).toBe('Yesterday');
  expect(shown(at(10, 19))).toBe('Thursday');
  expect(shown(at(2, 29))).toMatch(/29 March/);
  expect(shown(at(2, 29, 2025))).toBe('29 March 2025');
});

test('midnight parts two days', () => {
  expect(isSameDay(new Date(2026, 2, 29, 0, 0).getTime(), new Date(2026, 2, 29, 23, 59).getTime())).toBe(true);
  expect(isSameDay(new Date(2026, 2, 28, 23, 59).getTime(), new Date(2026, 2, 29, 0, 0).getTime())).toBe(false);
});

test('the clock follows the locale', () => {
  expect(clockTime(at(1, 1), 'en-US')).toMatch(/^9:05\sAM/u);
  expect(clockTime(at(1, 1), ['ar-EG'])).toMatch(/[٠-٩]/u);
});
