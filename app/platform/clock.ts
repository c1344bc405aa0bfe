import type { Clock } from '../sync/ports.ts';

export const createClock = (): Clock => ({
  now: () => Date.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
});
