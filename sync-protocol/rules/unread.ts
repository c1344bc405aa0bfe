import type { Marks } from '../wire/event.ts';

/** A stretch of a direct conversation in which its other person was blocked: their messages there are not counted. [UN-4] */
export type BlockedStretch = { readonly from: Marks; readonly to?: Marks };

/**
 * Messages of others after the read marker, in O(1): all after it, less one's own after it, less those of a blocked person.
 * Deletes do not change it, sending does not move the marker. [UN-1, UN-2, UN-3]
 */
export function unread(head: Marks, marker: Marks, blocked: readonly BlockedStretch[] = []): number {
  let count = othersBetween(marker, head);
  for (const { from, to } of blocked) count -= othersBetween(later(marker, from), earlier(head, to ?? head));
  return Math.max(0, count);
}

const othersBetween = (from: Marks, to: Marks): number =>
  Math.max(0, to.ordinal - from.ordinal - (to.ownOrdinal - from.ownOrdinal));
const later = (a: Marks, b: Marks): Marks => (a.seq >= b.seq ? a : b);
const earlier = (a: Marks, b: Marks): Marks => (a.seq <= b.seq ? a : b);

/** Where reading starts: the marker, but never before the present stay began. [UN-2] */
export function effectiveMarker(marker: Marks | undefined, spanFrom: number, before: Omit<Marks, 'seq'>): Marks {
  const start = { seq: spanFrom - 1, ...before };
  return marker && marker.seq >= start.seq ? marker : start;
}
