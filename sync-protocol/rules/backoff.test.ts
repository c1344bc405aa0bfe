import { expect, test } from 'vitest';
import { backoffMs, limits } from '#sync-protocol';

test('[BO-1] waiting is anywhere below a ceiling that doubles, up to a minute', () => {
  const { backoffMsMin, backoffMsMax } = limits;
  for (const attempt of [1, 2, 3, 7, 20, 1_000]) {
    const ceiling = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(attempt, 30));
    expect(backoffMs(attempt, 0)).toBe(backoffMsMin);
    expect(backoffMs(attempt, 0.5)).toBe(Math.round((backoffMsMin + ceiling) / 2));
    expect(backoffMs(attempt, 1)).toBe(ceiling);
  }
});

test('[BO-2] nobody comes back before the server asked them to', () => {
  expect(backoffMs(1, 0, 7_000)).toBeGreaterThanOrEqual(7_000);
  expect(backoffMs(9, 0.9, 7_000)).toBe(backoffMs(9, 0.9) + 7_000);
});
