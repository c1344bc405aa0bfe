import { expect, test } from 'vitest';
import { deviceOpIdSchema } from '#sync-protocol';
import { createIds } from './ids.ts';

const at = (times: readonly number[]) => {
  let i = 0;
  return { now: () => times[Math.min(i++, times.length - 1)]!, after: () => () => {} };
};

test('ids are version 7 and sort in the order in which they were made, also while the clock stands or runs backwards', () => {
  const times = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000, -5, 1_700_000_000_001, 2 ** 50];
  const ids = createIds(at(times), () => 0.5);
  const made = Array.from({ length: 9_000 }, () => ids.next());
  for (const id of made) expect(deviceOpIdSchema.safeParse(id).success).toBe(true);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});
