import { expect, test } from 'vitest';
import { aChain } from '#sync-protocol/testing';
import { engineRules } from './engine-rules.ts';
import { createMemory } from './memory.ts';
import type { Standpoint } from './ports.ts';
import { buildRequest } from './request.ts';

test('[EN-2] an answer fits only the store epoch and the self log of its request', () => {
  const start: Standpoint = {
    leaderTerm: 1,
    storeEpoch: 'one',
    self: { watermark: 1, chain: aChain(1) },
    since: undefined,
    bootstrap: undefined,
    people: [],
    heads: [],
  };
  const extras = { open: new Set<never>(), since: undefined, heads: false, ops: [], versions: new Map<never, number>() };
  const request = buildRequest(createMemory(start), extras);
  const fits = (now: Partial<Standpoint>) => engineRules.standsStill(createMemory({ ...start, ...now }), request);
  expect(fits({})).toBe(true);
  expect(fits({ storeEpoch: 'two' })).toBe(false);
  expect(fits({ self: { watermark: 2, chain: aChain(2) } })).toBe(false);
  expect(fits({ self: { watermark: 1, chain: aChain(1, 2) } })).toBe(false);
  expect(fits({ self: { watermark: 2, chain: aChain(1) } })).toBe(false);
  expect(fits({ self: undefined })).toBe(false);
});
