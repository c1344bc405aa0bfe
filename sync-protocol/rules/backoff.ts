import { limits } from '../limits.ts';

/**
 * How long to wait before attempt `attempt` (1 is the first repeat): full jitter, so that devices that were cut off together
 * do not come back together. `chance` is uniform in [0, 1). Never below what the server asked for. [BO-1, BO-2]
 */
export function backoffMs(attempt: number, chance: number, askedMs = 0): number {
  const ceiling = Math.min(limits.backoffMsMax, limits.backoffMsMin * 2 ** Math.min(attempt, 20));
  return Math.round(askedMs + limits.backoffMsMin + chance * (ceiling - limits.backoffMsMin));
}
