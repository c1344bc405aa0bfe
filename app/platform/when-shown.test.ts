import { expect, test } from 'vitest';
import { createManualClock } from '../../tests/kit/engine-bench.ts';
import { whenShown } from './when-shown.ts';

/** What `isAtRest` answers each time it is asked; the last answer stays. */
function setUp(...answers: readonly boolean[]) {
  const clock = createManualClock();
  const waiting = [...answers];
  const seen = { isShown: false };
  void whenShown(() => (waiting.length > 1 ? waiting.shift()! : waiting[0]!), clock).then(() => (seen.isShown = true));
  return { clock, seen };
}

test('screens are shown when they have asked for nothing twice', async () => {
  const { clock, seen } = setUp(true, true);
  expect(seen.isShown).toBe(false);
  await clock.pass(30);
  expect(seen.isShown).toBe(true);
});

test('a screen that asks for more when it is drawn is waited for', async () => {
  const { clock, seen } = setUp(false, true, false, true, true);
  await clock.pass(90);
  expect(seen.isShown).toBe(false);
  await clock.pass(30);
  expect(seen.isShown).toBe(true);
});

test('screens that never rest are not waited for longer than a second', async () => {
  const { clock, seen } = setUp(false);
  await clock.pass(999);
  expect(seen.isShown).toBe(false);
  await clock.pass(1);
  expect(seen.isShown).toBe(true);
});
