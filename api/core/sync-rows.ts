import { conversationLog, conversationOf, limits, type ConversationRow, type LogId } from '#sync-protocol';
import { bytesOf, type Budget } from './budget.ts';
import { cursorAfter, inListOrder, pageOf } from './list-pages.ts';
import type { Listing } from './roots.ts';
import type { SyncReading, SyncReaderDeps } from './sync-reading.ts';
import { isListed, loadView, type View } from './view.ts';

export type RowsPage = { readonly rows: ConversationRow[]; readonly views: readonly View[]; readonly cursor: string | undefined };

/** The next rows of the list, at least one; what does not fit is where the next page begins. [SY-7] */
export async function rowsPage(
  { rows }: SyncReaderDeps,
  { budget }: SyncReading,
  { views: listed, registers }: Listing,
  { cursor, count }: { readonly cursor: string | undefined; readonly count: number },
): Promise<RowsPage> {
  const page = pageOf(inListOrder(listed), cursor, count);
  const made = await rows.rows(page.views, registers);
  const fit = spendOn(budget, made);
  const views = page.views.slice(0, fit.length);
  const last = views.at(-1);
  return { rows: fit, views, cursor: last && fit.length < made.length ? cursorAfter(last) : page.cursor };
}

export type AskedRows = { readonly rows: ConversationRow[]; readonly isCut: boolean };

/**
 * Rows of logs that did not fit, rows asked for, and rows changed since the last sync if the roots differ. Of the last kind
 * whatever does not fit is found by the device's comparing of heads. [SY-4, SY-5]
 */
export async function askedRows(
  deps: SyncReaderDeps,
  reading: SyncReading,
  listing: Listing | undefined,
  left: readonly LogId[],
): Promise<AskedRows> {
  const { request, user, registers, budget } = reading;
  const logs = [...new Set([...left, ...(request.rowsOf ?? []).map(conversationLog)])].filter((log) => conversationOf(log));
  const changed = listing && reading.isDifferent(listing.root) ? changedViews(listing, request.since) : [];
  if (logs.length === 0 && changed.length === 0) return { rows: [], isCut: false };
  const own = await registers();
  const views = await Promise.all(logs.map((log) => loadView(deps.log, log, user, own)));
  const wanted = views.filter((view) => view !== undefined).filter(isListed);
  const others = changed.filter(({ log }) => !logs.includes(log));
  const made = await deps.rows.rows([...wanted, ...inListOrder(others)], own);
  const rows = spendOn(budget, made);
  return { rows, isCut: rows.length < wanted.length };
}

function changedViews({ views }: Listing, since: number | undefined): View[] {
  const from = since === undefined ? 0 : since - limits.sinceOverlapMs;
  return views.filter(({ record }) => record.changedAt >= from);
}

/** As many as fit, at least one. */
function spendOn(budget: Budget, rows: readonly ConversationRow[]): ConversationRow[] {
  const fit: ConversationRow[] = [];
  for (const row of rows) {
    if (fit.length > 0 && bytesOf(row) > budget.left()) break;
    fit.push(budget.spend(row));
  }
  return fit;
}
