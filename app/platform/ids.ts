import type { Clock, Ids, Random } from '../sync/ports.ts';

const counterMax = 0xfff;

/**
 * UUIDv7 (RFC 9562 §5.7, method 1): the time, a counter, chance. When the clock stands or runs backwards the last time is
 * kept and the counter goes on, so that ids of one device sort in the order of its person's actions. [ID-1]
 */
export function createIds(clock: Clock, random: Random): Ids {
  let lastMs = 0;
  let counter = 0;
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return {
    next: () => {
      // A clock may say anything; half the range is left for counting on from there.
      const nowMs = Math.min(Math.max(0, Math.floor(clock.now())), 2 ** 47);
      if (nowMs > lastMs) {
        lastMs = nowMs;
        counter = Math.floor(random() * 0x100);
      } else if (++counter > counterMax) {
        lastMs += 1;
        counter = 0;
      }
      const time = lastMs.toString(16).padStart(12, '0');
      const variant = '89ab'[Math.floor(random() * 4)]!;
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${hex(3)}-${hex(12)}`;
    },
  };
}
