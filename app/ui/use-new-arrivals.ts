import { useState } from 'react';
import type { ListItem } from './list-item.ts';

export type NewArrivals = {
  readonly isFresh: (key: string) => boolean;
  /** Others' messages after this one: what the jump button counts. */
  readonly countSince: (key: string | undefined) => number;
};

type MessageItem = Extract<ListItem, { kind: 'message' }>;
type Seen = {
  readonly items: readonly ListItem[];
  readonly freshKeys: ReadonlySet<string>;
};

/** Tells what arrived at the end from what was loaded into the middle or the start. */
export function useNewArrivals(items: readonly ListItem[]): NewArrivals {
  const [seen, setSeen] = useState<Seen>({ items, freshKeys: new Set() });
  let current = seen;
  if (seen.items !== items) {
    const arrived = arrivedAtEnd(seen.items, items);
    // The set is not rebuilt for a mere change of state: a row confirmed by the server must not move again.
    current = {
      items,
      freshKeys: arrived.length > 0 ? new Set(arrived.map(({ key }) => key)) : seen.freshKeys,
    };
    setSeen(current);
  }
  return {
    isFresh: (key) => current.freshKeys.has(key),
    countSince: (key) => {
      if (key === undefined) return 0;
      const from = items.findIndex((item) => item.key === key);
      return from < 0 ? 0 : items.slice(from + 1).filter((item) => item.kind === 'message' && !item.message.isOwn).length;
    },
  };
}

/** Messages after the last one both lists share. Own ones may still move about while they wait, so the anchor is a key, not a place. */
export function arrivedAtEnd(before: readonly ListItem[], after: readonly ListItem[]): readonly MessageItem[] {
  const known = new Set(before.map(({ key }) => key));
  if (known.size === 0) return [];
  const lastKnown = after.findLastIndex(({ key }) => known.has(key));
  if (lastKnown < 0) return [];
  return after.slice(lastKnown + 1).filter((item) => item.kind === 'message');
}
