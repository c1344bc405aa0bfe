import { describe, expect, test } from 'vitest';
import { admit, tilingFault, type Run, type Seq, type Watermark } from '#sync-protocol';
import { aChain, aLog, anEvent, aRun } from '#sync-protocol/testing';

const at = (seq: Seq, history = 0): Watermark => ({ log: aLog(), seq, chain: aChain(seq, history) });

describe('a run for a watermark', () => {
  test('[WM-1][WM-3] is applied from exactly there, and moves it to its end', () => {
    expect(admit(at(4), aRun(5, 6))).toEqual({ kind: 'apply', items: aRun(5, 6).items, to: at(6) });
    expect(admit(at(0), aRun(1, 1))).toMatchObject({ kind: 'apply', to: at(1) });
    expect(admit(at(4), { ...aRun(5, 6), head: 9 })).toMatchObject({ kind: 'apply', to: at(6) });
  });

  test('[WM-2] that brings nothing new is dropped', () => {
    expect(admit(at(6), aRun(3, 6))).toEqual({ kind: 'duplicate' });
    expect(admit(at(9), aRun(3, 6))).toEqual({ kind: 'duplicate' });
    expect(admit(at(6), { ...aRun(7, 6), head: 8 })).toEqual({ kind: 'duplicate' });
  });

  test('[WM-3] that overlaps is applied without what is on disk already', () => {
    expect(admit(at(4), aRun(3, 6))).toEqual({ kind: 'apply', items: aRun(5, 6).items, to: at(6) });
  });

  test('[WM-4] that begins later is a gap, however small', () => {
    expect(admit(at(4), aRun(6, 6))).toEqual({ kind: 'gap' });
    expect(admit(at(0), aRun(2, 5))).toEqual({ kind: 'gap' });
  });

  test('[WM-4] whose overlap is hidden cannot be compared, so it is asked for', () => {
    const run = { ...aRun(3, 6), items: [{ hidden: true as const, seq: 3, count: 3 }, anEvent(6)] };
    expect(admit(at(4), run)).toEqual({ kind: 'gap' });
    expect(admit(at(5), run)).toEqual({ kind: 'gap' });
  });

  test('[WM-5] of another history is a fork: where it begins, where it overlaps and where it ends', () => {
    expect(admit(at(4, 1), aRun(5, 6))).toEqual({ kind: 'fork' });
    expect(admit(at(4, 1), aRun(3, 6))).toEqual({ kind: 'fork' });
    expect(admit(at(6, 1), aRun(3, 6))).toEqual({ kind: 'fork' });
  });
});

describe('[RN-1] a run that does not tile is reported and never applied', () => {
  const [third, fourth, fifth] = [anEvent(3), anEvent(4), anEvent(5)];
  const broken: Record<string, Run> = {
    'a number is missing': { ...aRun(3, 5), items: [third, fifth] },
    'a number comes twice': { ...aRun(3, 5), items: [third, third, fourth, fifth] },
    'it starts too late': { ...aRun(3, 5), items: [fourth, fifth] },
    'it ends too early': { ...aRun(3, 5), items: [third, fourth] },
    'it reaches past its head': { ...aRun(3, 5), head: 4 },
    'its last event is chained otherwise': { ...aRun(3, 5), toChain: aChain(5, 1) },
    'it is empty and moves the chain': { ...aRun(3, 2), toChain: aChain(3) },
    'it says less than it claims, and ends hidden': { ...aRun(3, 5), items: [third, { hidden: true, seq: 4, count: 1 }] },
    'it says nothing of what it claims': { ...aRun(3, 5), items: [], toChain: aChain(2) },
    'hidden numbers run over': { ...aRun(3, 5), items: [{ hidden: true, seq: 3, count: 4 }] },
  };
  test.each(Object.entries(broken))('%s', (_, run) => {
    expect(tilingFault(run)).toBeTypeOf('string');
    expect(admit(at(2), run)).toMatchObject({ kind: 'broken' });
  });

  test('and one that does is whole, hidden numbers included', () => {
    expect(tilingFault(aRun(3, 5))).toBeUndefined();
    expect(tilingFault({ ...aRun(3, 5), items: [third, { hidden: true, seq: 4, count: 1 }, fifth] })).toBeUndefined();
    expect(tilingFault({ ...aRun(3, 5), items: [third, { hidden: true, seq: 4, count: 2 }] })).toBeUndefined();
  });
});
