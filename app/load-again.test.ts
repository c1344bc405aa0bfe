import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadAgain, loadAgainAfterMs } from './load-again.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failing = (times: number) => {
  let tries = 0;
  return { tries: () => tries, load: async () => (++tries <= times ? Promise.reject(new Error(`try ${tries}`)) : 'here') };
};

test('what is there is loaded once', async () => {
  const file = failing(0);
  expect(await loadAgain(file.load)).toBe('here');
  expect(file.tries()).toBe(1);
});

test('a file that the network lost is asked for again, later each time', async () => {
  const file = failing(2);
  const loaded = loadAgain(file.load);
  await vi.advanceTimersByTimeAsync(loadAgainAfterMs[0] - 1);
  expect(file.tries()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(file.tries()).toBe(2);
  await vi.advanceTimersByTimeAsync(loadAgainAfterMs[1]);
  expect(await loaded).toBe('here');
});

test('after the last try it is said why', async () => {
  const file = failing(99);
  const loaded = loadAgain(file.load).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await loaded).toEqual(new Error('try 4'));
  expect(file.tries()).toBe(loadAgainAfterMs.length + 1);
});
