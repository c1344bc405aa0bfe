import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateWindow } from '../core/accounts-ports.ts';

/** Counts in this process: a restart forgets, so what must not be forgotten is counted in the store. */
export function createMemoryLimit({ max, ms }: RateWindow): RateLimit {
  const limiter = new RateLimiterMemory({ points: max, duration: ms / 1_000 });
  return {
    take: async (key) => {
      try {
        await limiter.consume(key);
        return 0;
      } catch (spent) {
        if (spent instanceof RateLimiterRes) return Math.max(1, spent.msBeforeNext);
        throw spent;
      }
    },
  };
}
