import type { Chain, LogId, Seq } from '../ids.ts';
import { isHidden, type Run, type RunItem } from '../wire/run.ts';

/** How much of one log this device has applied: every visible event up to `seq`, and the chain there. [WM-1] */
export type Watermark = { readonly log: LogId; readonly seq: Seq; readonly chain: Chain };

export type Admission =
  /** `items` continue the watermark exactly; after them it stands at `to`. */
  | { readonly kind: 'apply'; readonly items: readonly RunItem[]; readonly to: Watermark }
  | { readonly kind: 'duplicate' }
  /** Something lies between: ask from the watermark. */
  | { readonly kind: 'gap' }
  /** The server's history is not the one this device has seen. */
  | { readonly kind: 'fork' }
  /** The run contradicts itself: a mistake of the server's, to be reported and fetched again, never applied. */
  | { readonly kind: 'broken'; readonly why: string };

const first = (item: RunItem): Seq => item.seq;
const last = (item: RunItem): Seq => (isHidden(item) ? item.seq + item.count - 1 : item.seq);

/** Why a run does not tile (from, to] exactly, or `undefined` when it does. [RN-1] */
export function tilingFault(run: Run): string | undefined {
  let at = run.from;
  for (const item of run.items) {
    if (first(item) !== at + 1) return `expected ${at + 1}, found ${first(item)}`;
    at = last(item);
  }
  if (at !== run.to) return `ends at ${at}, not at ${run.to}`;
  if (run.to > run.head) return `reaches past its head`;
  const end = run.items.at(-1);
  if (end && !isHidden(end) && end.chain !== run.toChain) return 'its last event is chained otherwise';
  if (!end && run.fromChain !== run.toChain) return 'an empty run moves the chain';
  return undefined;
}

/**
 * Decide what to do with a run. [WM-2, WM-3, WM-4, WM-5]
 *
 * It may come twice (a reconnect overlaps the catch-up) or early (a live event overtakes it). So keep only what is new, and
 * never apply past a hole: a hole means "ask again", because a guess would be on screen for ever. And never across a link of
 * the chain that does not fit: that server has another past.
 */
export function admit(watermark: Watermark, run: Run): Admission {
  const why = tilingFault(run);
  if (why !== undefined) return { kind: 'broken', why };
  if (run.to === watermark.seq) return run.toChain === watermark.chain ? { kind: 'duplicate' } : { kind: 'fork' };
  if (run.to < watermark.seq) return { kind: 'duplicate' };
  if (run.from > watermark.seq) return { kind: 'gap' };
  const to = { log: watermark.log, seq: run.to, chain: run.toChain };
  if (run.from === watermark.seq) {
    return run.fromChain === watermark.chain ? { kind: 'apply', items: run.items, to } : { kind: 'fork' };
  }
  const here = run.items.find((item) => last(item) === watermark.seq);
  // The watermark lies inside hidden numbers: their chain is not known here, so ask instead of trusting.
  if (!here || isHidden(here)) return { kind: 'gap' };
  if (here.chain !== watermark.chain) return { kind: 'fork' };
  return { kind: 'apply', items: run.items.filter((item) => first(item) > watermark.seq), to };
}
