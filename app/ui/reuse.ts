import { dequal } from 'dequal';

/** Takes over each item that says what the one of its key said before, so that what is drawn from it need not be drawn again. */
export function createReuse<T>(keyOf: (item: T) => string): (items: readonly T[]) => readonly T[] {
  let before: ReadonlyMap<string, T> = new Map();
  return (items) => {
    const now = items.map((item) => {
      const old = before.get(keyOf(item));
      return old && dequal(old, item) ? old : item;
    });
    before = new Map(now.map((item) => [keyOf(item), item]));
    return now;
  };
}
