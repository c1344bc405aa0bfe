import { expect, test } from 'vitest';
import { figure, percentile } from './figure.ts';
import { overBudget, resultOf, tableOf } from './results.ts';

const aResult = resultOf('restart', [figure('ready', 'ms', [30, 10, 20]), figure('ratio', '×', [0.4, 0.5, 0.6])]);

test('a figure is the middle of what was taken, with its ends', () => {
  expect(figure('x', 'ms', [30, 10, 20])).toEqual({ what: 'x', unit: 'ms', median: 20, min: 10, max: 30, runs: 3 });
});

test('percentiles are of what was taken, not between', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([51, 100, 7]);
});

test('a median above its budget or below its floor is named; a figure without budget is only shown', () => {
  expect(overBudget(aResult, { restart: { ready: { atMost: 20 }, ratio: { atLeast: 0.5 } } })).toEqual([]);
  expect(overBudget(aResult, { restart: { ready: { atMost: 19 }, ratio: { atLeast: 0.6 } } })).toEqual([
    'restart: ready is 20 ms, at most 19 ms are allowed',
    'restart: ratio is 0.5 ×, at least 0.6 × are required',
  ]);
  expect(overBudget(aResult, {})).toEqual([]);
});

test('a budget for a figure that is not measured is noticed', () => {
  expect(overBudget(aResult, { restart: { raedy: { atMost: 1 } } })).toEqual([
    'restart: raedy has a budget and was not measured',
  ]);
});

test('the table says what was measured, when, and what was allowed', () => {
  expect(tableOf([aResult], { restart: { ready: { atMost: 3000 } } })).toContain(
    '| restart | ready | 20 ms | 10–30 | 3 | ≤ 3000 |',
  );
});

test('what was measured beside other work is called provisional', () => {
  const tableAt = (load: number): string => tableOf([{ ...aResult, machine: '2 × some', load }], {});
  expect([tableAt(4), tableAt(4.1)].map((table) => table.includes('provisional'))).toEqual([false, true]);
});
