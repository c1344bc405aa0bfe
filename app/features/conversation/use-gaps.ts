import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ConversationId, Interval } from '#sync-protocol';
import { useLink, type MessagesView, type ScreenItem } from '../../store/queries/queries.ts';
import type { LoadState } from '../../ui/list-item.ts';
import { useCommands } from '../frame/frame.ts';
import { createGapAsks } from './gap-asks.ts';
import { gapKey } from './message-items.ts';

export type Gaps = {
  readonly loads: ReadonlyMap<string, LoadState>;
  /** What is on screen: holes and stale stretches among it are asked for by themselves. */
  readonly show: (keys: readonly string[]) => void;
  /** The person asks. */
  readonly load: (key: string) => void;
};

/** Holes fill when they are seen. Without a network they stay what they are, and fill when it is back. */
export function useGaps(conversation: ConversationId, view: MessagesView | undefined): Gaps {
  const commands = useCommands();
  const isLive = useLink().link.at === 'live';
  const [loads, setLoads] = useState<ReadonlyMap<string, LoadState>>(new Map());
  const busy = useRef(new Set<string>());
  const onScreen = useRef<readonly string[]>([]);
  const [asks] = useState(createGapAsks);
  const items = view?.items;
  const watermark = view?.watermark ?? 0;
  const intervals = useMemo(() => gapsOf(items ?? []), [items]);

  const load = useCallback(
    (key: string) => {
      const interval = intervals.get(key);
      if (!interval || busy.current.has(key)) return;
      const become = (state: LoadState) => setLoads((now) => new Map(now).set(key, state));
      busy.current.add(key);
      become('loading');
      void commands.fill(conversation, interval).then((outcome) => {
        busy.current.delete(key);
        become(outcome === 'failed' ? 'failed' : 'idle');
      });
    },
    [commands, conversation, intervals],
  );
  const loadShown = useCallback(() => {
    const idle = onScreen.current.filter((key) => !busy.current.has(key));
    for (const key of asks.due(idle, intervals, watermark)) load(key);
  }, [asks, intervals, watermark, load]);
  const show = useCallback(
    (keys: readonly string[]) => {
      onScreen.current = keys.filter((key) => intervals.has(key));
      if (isLive) loadShown();
    },
    [intervals, isLive, loadShown],
  );
  useEffect(() => {
    if (isLive) loadShown();
    else asks.renew();
  }, [isLive, loadShown, asks]);
  return { loads, show, load };
}

function gapsOf(items: readonly ScreenItem[]): Map<string, Interval> {
  return new Map(
    items.flatMap((item) =>
      item.kind === 'hole' || item.kind === 'stale'
        ? [[gapKey(item.kind, item.to), { from: item.from, to: item.to }] as const]
        : [],
    ),
  );
}
