import type { SyncRequest } from '#sync-protocol';
import type { Memory } from './memory.ts';

/** Nothing was stored meanwhile that the answer does not know of: a late one must not undo it. [EN-2] */
function standsStill(memory: Memory, request: SyncRequest): boolean {
  const self = memory.self();
  const isSame = self?.watermark === request.self?.watermark && self?.chain === request.self?.chain;
  return isSame && memory.storeEpoch() === request.storeEpoch;
}

/** While an answer about a log is under way, live runs of it wait. [EN-2, EN-5] */
const holdsBack = (): boolean => true;

/** Decisions of the engine, by name, so that the tests can plant a mistake in one of them. */
export const engineRules = { holdsBack, standsStill };
export type EngineRules = typeof engineRules;
