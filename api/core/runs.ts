import {
  limits,
  seesEvent,
  toItems,
  type Chain,
  type Interval,
  type LogId,
  type MessageId,
  type Run,
  type RunItem,
  type Seq,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import { bytesOf } from './budget.ts';
import { toWire } from './live.ts';
import type { EventLog, StoredEvent } from './ports.ts';
import { stateOf } from './states.ts';
import type { View } from './view.ts';

export type RunFrom = { readonly watermark: Seq; readonly chain: Chain };

/** What of some events a reader may see. */
type Sees = (events: readonly StoredEvent[]) => Promise<(event: { readonly seq: Seq }) => boolean>;

/**
 * The events after a watermark, cut between events by bytes, at least one. `undefined`: more bytes behind than a run is
 * worth. [RN-1, RN-2, RN-3, SY-6]
 */
export async function conversationRun(store: EventLog, view: View, from: RunFrom, bytesMax: number): Promise<Run | undefined> {
  const run = await runOf(store, { log: view.log, head: view.head, sees: visibleIn(store, view) }, from, bytesMax);
  if (!run) return undefined;
  // Back after a time away: what all members share may have changed unseen.
  const wasAway = covered(view.intervals, { from: from.watermark + 1, to: run.to }) < run.to - from.watermark;
  return wasAway ? { ...run, state: await stateOf(store, view) } : run;
}

/** How many seqs of a stretch lie within. */
function covered(intervals: readonly Interval[], stretch: Interval): number {
  const overlap = ({ from, to }: Interval) => Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from) + 1);
  return intervals.reduce((sum, interval) => sum + overlap(interval), 0);
}

export function selfRun(store: EventLog, log: LogId, head: Seq, from: RunFrom, bytesMax: number): Promise<Run | undefined> {
  return runOf(store, { log, head, sees: async () => () => true }, from, bytesMax);
}

type Readable = { readonly log: LogId; readonly head: Seq; readonly sees: Sees };

async function runOf(store: EventLog, { log, head, sees }: Readable, from: RunFrom, bytesMax: number): Promise<Run | undefined> {
  const sent: StoredEvent[] = [];
  const seen = new Set<Seq>();
  let bytes = 0;
  let isCut = false;
  let after = from.watermark;
  while (after < head) {
    const page = (await store.read(log, after, bounds.runPageEvents)).filter(({ seq }) => seq <= head);
    const isSeen = await sees(page);
    for (const event of page) {
      const isVisible = isSeen(event);
      bytes += isVisible ? bytesOf(toWire(event)) : 0;
      isCut ||= bytes > bytesMax && sent.length > 0;
      if (isCut) continue;
      sent.push(event);
      if (isVisible) seen.add(event.seq);
    }
    // Read on past the cut only to learn whether all of it is worth a run.
    if (bytes > limits.windowBehindBytes) return undefined;
    const last = page.at(-1);
    if (!last) break;
    after = last.seq;
  }
  const last = sent.at(-1);
  const items: RunItem[] = toItems(sent.map(toWire), ({ seq }) => seen.has(seq));
  const { watermark, chain } = from;
  return { log, from: watermark, fromChain: chain, to: last?.seq ?? watermark, toChain: last?.chain ?? chain, head, items };
}

/** An event about a message that may not be seen is itself hidden. [VS-4, VS-5] */
function visibleIn(store: EventLog, { log, intervals }: View): Sees {
  return async (events) => {
    const isAll = intervals.length === 1 && intervals[0]!.from === 1;
    const named = isAll ? [] : [...new Set(events.flatMap(({ target }): readonly MessageId[] => (target ? [target] : [])))];
    const seqs = new Map((named.length > 0 ? await store.messages(log, named) : []).map(({ id, seq }) => [id, seq]));
    const targets = new Map(events.map(({ seq, target }) => [seq, isAll || !target ? undefined : (seqs.get(target) ?? 0)]));
    return (event) => seesEvent(event, targets.get(event.seq), intervals);
  };
}
