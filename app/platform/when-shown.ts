import type { Clock } from '../sync/ports.ts';

export type Shown = { readonly isShown: boolean };

const askEveryMs = 30;
const patienceMs = 990;

/**
 * When the screens have what they asked the disk for: seen twice, because what is drawn then asks for more. No later than after
 * a second, whatever they ask.
 */
export function whenShown(isAtRest: () => boolean, clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve) => {
    const look = (leftMs: number, wasAtRest: boolean): void => {
      const isNow = isAtRest();
      if (leftMs <= 0 || (isNow && wasAtRest)) return resolve();
      clock.after(askEveryMs, () => look(leftMs - askEveryMs, isNow));
    };
    look(patienceMs, false);
  });
}
