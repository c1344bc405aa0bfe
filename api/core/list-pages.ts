import { Refusal } from '#sync-protocol';
import type { View } from './view.ts';

/** Newest first, as the list shows them. */
export function inListOrder(views: readonly View[]): View[] {
  return views.toSorted((a, b) => b.lastAt - a.lastAt || (a.conversation < b.conversation ? 1 : -1));
}

export type Page = { readonly views: readonly View[]; readonly cursor: string | undefined };

/**
 * The rows after a cursor, which is a place in the list's order and gives no right to anything. A conversation that moves up
 * while somebody pages is missed here and found by the closing comparison of roots. [SY-7]
 */
export function pageOf(ordered: readonly View[], cursor: string | undefined, count: number): Page {
  const place = cursor === undefined ? undefined : parseCursor(cursor);
  const start = place ? ordered.findIndex((view) => isAfter(view, place)) : 0;
  const views = start < 0 ? [] : ordered.slice(start, start + count);
  const last = views.at(-1);
  const isEnd = start < 0 || start + count >= ordered.length || !last;
  return { views, cursor: isEnd ? undefined : cursorAfter(last) };
}

export const cursorAfter = ({ lastAt, conversation }: View): string => `${lastAt}.${conversation}`;

type Place = { readonly lastAt: number; readonly conversation: string };

const isAfter = (view: View, place: Place): boolean =>
  view.lastAt < place.lastAt || (view.lastAt === place.lastAt && view.conversation < place.conversation);

function parseCursor(cursor: string): Place {
  const [, lastAt, conversation] = /^(-?\d{1,16})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (lastAt === undefined || conversation === undefined) throw new Refusal('malformed', 'bootstrap');
  return { lastAt: Number(lastAt), conversation };
}
