import type { Change } from './change.ts';

/**
 * What the server mentions without being asked: how far conversations go, and how far others have come. What comes while others
 * are stored is stored together, because a disk takes as long for one as for many. [EN-12, LV-1]
 */
export function createHints(store: (hints: readonly Change[]) => Promise<void>, failed: (error: unknown) => void) {
  let waiting: Change[] = [];
  let isStoring = false;
  const drain = async () => {
    isStoring = true;
    while (waiting.length > 0) {
      const hints = waiting;
      waiting = [];
      await store(hints).catch(failed);
    }
    isStoring = false;
  };
  return (hint: Change): void => {
    waiting.push(hint);
    if (!isStoring) void drain();
  };
}
