import type { Clock } from '../sync/ports.ts';

export type Shown = { readonly isShown: boolean };

const askEveryMs = 30;
const patienceMs = 1_000;

/**
 * When the screens have what they asked the disk for: seen twice, because what is drawn then asks for more. No later than after
 * a second, whatever they ask.
 */
export function whenShown(isAtRest: () => boolean, clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve) => {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      resolve();
    };
    // A timer of its own: in a tab that nobody looks at each of the others takes as long as this.
    clock.after(patienceMs, end);
    const look = (wasAtRest: boolean): void => {
      if (isOver) return;
      const isNow = isAtRest();
      if (isNow && wasAtRest) return end();
      clock.after(askEveryMs, () => look(isNow));
    };
    look(false);
  });
}
