import type { Interval, Seq } from '#sync-protocol';

export interface GapAsks {
  /** Those of the shown stretches that are to be asked for now. */
  due(shown: readonly string[], gaps: ReadonlyMap<string, Interval>, watermark: Seq): readonly string[];
  /** The network was away: whatever was asked may be asked again. */
  renew(): void;
}

/**
 * A stretch that is seen is asked for by itself, once as it stands: again when it has changed, when its conversation has
 * moved on, or when the network was away. What an answer leaves as it was would else be asked for without end.
 */
export function createGapAsks(): GapAsks {
  const asked = new Map<string, string>();
  return {
    due: (shown, gaps, watermark) => {
      for (const key of asked.keys()) if (!gaps.has(key)) asked.delete(key);
      return shown.filter((key) => {
        const gap = gaps.get(key);
        const stand = gap && `${gap.from} at ${watermark}`;
        if (!stand || asked.get(key) === stand) return false;
        asked.set(key, stand);
        return true;
      });
    },
    renew: () => asked.clear(),
  };
}
