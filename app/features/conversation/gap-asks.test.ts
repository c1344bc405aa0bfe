import { expect, test } from 'vitest';
import { createGapAsks } from './gap-asks.ts';

const key = 'hole to 20';
const gaps = new Map([[key, { from: 11, to: 20 }]]);

test('a stretch that stays as it was is asked for once, however often it is seen', () => {
  const asks = createGapAsks();
  expect(asks.due([key], gaps, 10)).toEqual([key]);
  expect(asks.due([key], gaps, 10)).toEqual([]);
  expect(asks.due([key], new Map(gaps), 10)).toEqual([]);
});

test('it is asked for again when part of it has come, or the conversation has moved on', () => {
  const asks = createGapAsks();
  asks.due([key], gaps, 10);
  expect(asks.due([key], new Map([[key, { from: 15, to: 20 }]]), 10)).toEqual([key]);
  expect(asks.due([key], new Map([[key, { from: 15, to: 20 }]]), 14)).toEqual([key]);
  expect(asks.due([key], new Map([[key, { from: 15, to: 20 }]]), 14)).toEqual([]);
});

test('it is asked for again after the network was away, and when it comes back after it was gone', () => {
  const asks = createGapAsks();
  asks.due([key], gaps, 10);
  asks.renew();
  expect(asks.due([key], gaps, 10)).toEqual([key]);
  expect(asks.due([], new Map(), 10)).toEqual([]);
  expect(asks.due([key], gaps, 10)).toEqual([key]);
});

test('what is not on screen, or no stretch at all, is not asked for', () => {
  const asks = createGapAsks();
  expect(asks.due([], gaps, 10)).toEqual([]);
  expect(asks.due(['some message'], gaps, 10)).toEqual([]);
});
