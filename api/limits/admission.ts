import { Refusal } from '#sync-protocol';
import type { Sync } from '../core/sync.ts';

/** So many are taken before anybody asks how long they take. */
const underWayMin = 32;
/** Whoever has waited longer than this shows that more come than are done. */
const waitingMsMax = 1_000;
const retryAfterMs = 2_000;

export interface Admission {
  /** Refuses with a time to come back when others have waited for too long: before anything is read of who asks for what. */
  check(): void;
  /** Does it, or refuses with a time to come back. Nothing that was begun is refused. */
  take<T>(act: () => Promise<T>): Promise<T>;
}

/**
 * What comes faster than it can be done waits, and waits longer and longer, until everybody gives up on what is then done for
 * nobody. So whoever comes when others have waited for a second is told to come back. Pages, signing in and health are not
 * refused: they are quick as long as the queue is short.
 */
export function createAdmission(now: () => number): Admission {
  // A set remembers who came first.
  const underWay = new Set<{ readonly sinceMs: number }>();
  const check = (): void => {
    const [first] = underWay;
    const isBehind = first !== undefined && now() - first.sinceMs > waitingMsMax;
    if (isBehind && underWay.size >= underWayMin) throw new Refusal('too-fast', 'busy', { retryAfterMs });
  };
  return {
    check,
    take: async (act) => {
      check();
      const ticket = { sinceMs: now() };
      underWay.add(ticket);
      try {
        return await act();
      } finally {
        underWay.delete(ticket);
      }
    },
  };
}

/** Ops and syncs, by whichever door they come. */
export function admitted(sync: Sync, { take }: Admission): Sync {
  return {
    ...sync,
    ops: (...given) => take(() => sync.ops(...given)),
    sync: (...given) => take(() => sync.sync(...given)),
  };
}
