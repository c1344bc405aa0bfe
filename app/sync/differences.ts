import type { Memory } from './memory.ts';
import type { Clock } from './ports.ts';

const SETTLED_MS = 60_000;

/** Roots that stayed different after everything was compared: not looked into again for a while, and never a reason to delete. [EN-7] */
export interface Differences {
  isOpen(theirs: string): boolean;
  settle(theirs: string): void;
  stop(): void;
}

export function createDifferences(memory: Memory, clock: Clock): Differences {
  let settled: { readonly pair: string; readonly cancel: () => void } | undefined;
  const pairWith = (theirs: string) => `${memory.root()} ${theirs}`;
  return {
    isOpen: (theirs) => memory.self() !== undefined && theirs !== memory.root() && settled?.pair !== pairWith(theirs),
    settle: (theirs) => {
      settled?.cancel();
      const cancel = clock.after(SETTLED_MS, () => {
        settled = undefined;
      });
      settled = { pair: pairWith(theirs), cancel };
    },
    stop: () => settled?.cancel(),
  };
}
