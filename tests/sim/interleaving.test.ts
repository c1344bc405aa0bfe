import { expect, test } from 'vitest';
import {
  type Fences,
  compareAndAppend,
  counterThenInsert,
  incrementThenInsert,
  reseededIncrementThenInsert,
  trustedHint,
  verifiedHint,
} from './interleaving/designs.ts';
import { explore } from './interleaving/explore.ts';
import { type Bounds, type Design, createModel } from './interleaving/world.ts';

const both: Fences = { seq: true, op: true };
const allFences: readonly Fences[] = [{ seq: false, op: false }, { seq: false, op: true }, { seq: true, op: false }, both];

/** Redis may be wiped once and fail over once; one attempt crashes, one is sent again. */
const withRedis: Bounds = { retries: 1, crashes: 1, wipes: 1, failovers: 1 };
/** Every op may be sent again, every first attempt may crash. */
const withoutRedis: Bounds = { retries: 3, crashes: 3, wipes: 0, failovers: 0 };

/** The table of docs/decisions/0001-compare-and-append.md, row by row. */
test.each(allFences)('[SQ-3] INCR in Redis, then insert: a hole within five steps, fenced by $seq and $op', (fences) => {
  const { found } = explore(createModel(incrementThenInsert(fences), withRedis));
  expect(found?.flaw).toBe('hole visible');
  expect(found?.path).toEqual(['1: look', '1: increment', '2: look', '2: increment', '2: insert']);
});

test.each<[name: string, Design, Bounds, flaw: string, steps: number]>([
  ['INCR in Redis reseeded from the log, then insert', reseededIncrementThenInsert(both), withRedis, 'hole visible', 5],
  ['a counter document, then insert', counterThenInsert(both), withoutRedis, 'hole visible', 5],
  ['a hint in Redis that is trusted', trustedHint(both), withRedis, 'hole visible', 7],
  ['compare-and-append without unique (log, seq)', compareAndAppend({ seq: false, op: true }), withoutRedis, 'duplicate seq', 6],
  [
    'compare-and-append without unique (log, op id)',
    compareAndAppend({ seq: true, op: false }),
    withoutRedis,
    'same op twice',
    7,
  ],
])('[SQ-3][SQ-5] %s: $3 after $4 steps', (_, design, bounds, flaw, steps) => {
  const { found } = explore(createModel(design, bounds));
  expect(found?.flaw).toBe(flaw);
  expect(found?.path).toHaveLength(steps);
});

test.each<[name: string, Design, Bounds, states: number]>([
  ['compare-and-append', compareAndAppend(both), withoutRedis, 66_799],
  ['compare-and-append with a hint that is verified', verifiedHint(both), withRedis, 320_413],
])('[SQ-1][SQ-3][SQ-5] %s: no hole, no number twice, no op twice, in every state', (_, design, bounds, states) => {
  expect(explore(createModel(design, bounds))).toEqual({ states });
});
