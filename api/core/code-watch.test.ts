import { expect, test } from 'vitest';
import { createCodeWatch } from './code-watch.ts';

const minuteMs = 60_000;

function createWorld() {
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs };
  const warned: unknown[] = [];
  const counted = { sent: 0, proved: 0 };
  const watch = createCodeWatch({
    clock,
    log: { warn: (_message, facts) => void warned.push(facts) },
    counts: { sent: () => void counted.sent++, proved: () => void counted.proved++ },
  });
  let codes = 0;
  /** One a minute, of which every so many is typed in. */
  const send = (count: number, provedEvery: number) => {
    for (let i = 1; i <= count; i++) {
      const requestId = `code-${codes++}`;
      watch.sent(requestId);
      if (i % provedEvery === 0) watch.proved(requestId);
      clock.nowMs += minuteMs;
    }
  };
  return { clock, warned, counted, watch, send };
}

test('[AC-16] when fewer than three in ten codes are typed in, that is said, once', () => {
  const { send, warned } = createWorld();
  send(29, 5);
  expect(warned).toEqual([]);
  send(2, 5);
  expect(warned).toEqual([{ sent: 20, proved: 4 }]);
  send(60, 5);
  expect(warned).toHaveLength(1);
});

test('[AC-16] three in ten are enough, and codes that may still be typed in are not counted', () => {
  const { send, warned } = createWorld();
  send(120, 3);
  expect(warned).toEqual([]);
  send(10, 1_000);
  expect(warned).toEqual([]);
});

test('[AC-16] it is said again after it was well in between', () => {
  const { send, warned } = createWorld();
  send(60, 10);
  expect(warned).toHaveLength(1);
  send(120, 1);
  send(80, 10);
  expect(warned).toHaveLength(2);
});

test('[AC-16] a code that is proved twice, or that was never sent from here, is counted once or not at all', () => {
  const { counted, watch } = createWorld();
  watch.sent('a');
  watch.proved('a');
  watch.proved('a');
  watch.proved('of another process');
  expect(counted).toEqual({ sent: 1, proved: 1 });
});

test('[AC-16] what is older than 70 minutes is forgotten', () => {
  const { clock, send, warned } = createWorld();
  send(25, 1_000);
  clock.nowMs += 65 * minuteMs;
  send(1, 1);
  expect(warned).toEqual([]);
});
