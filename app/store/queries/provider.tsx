import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { EngineState, Observable } from '../../sync/state.ts';
import type { StoreReads } from '../reads.ts';
import type { Tables } from '../tables.ts';

export type StorageFacts = { readonly usedBytes?: number; readonly quotaBytes?: number; readonly isPersistent: boolean };

/** One message of the wire, in a few words. */
export type WireFact = { readonly atMs: number; readonly way: 'up' | 'down'; readonly said: string };

/** What queries need of the composed app. */
export type QuerySource = {
  readonly reads: StoreReads;
  readonly state: Observable<EngineState>;
  readonly storageInfo: () => Promise<StorageFacts>;
  readonly wire: Observable<{ readonly lines: readonly WireFact[] }>;
};

const SourceContext = createContext<QuerySource | undefined>(undefined);

export const ChatterProvider = ({ chatter, children }: { readonly chatter: QuerySource; readonly children: ReactNode }) => (
  <SourceContext value={chatter}>{children}</SourceContext>
);

export function useSource(): QuerySource {
  const source = useContext(SourceContext);
  if (!source) throw new Error('a query stands in a ChatterProvider');
  return source;
}

export function useEngineState(): EngineState {
  const { state } = useSource();
  return useSyncExternalStore(state.subscribe, state.get);
}

/** Whether this device's database does not answer just now. */
export function useIsDiskAway(): boolean {
  const { disk } = useSource().reads;
  return useSyncExternalStore(disk.subscribe, disk.get).isAway;
}

/** What went over the wire last, newest last. */
export function useWireLog(): readonly WireFact[] {
  const { wire } = useSource();
  return useSyncExternalStore(wire.subscribe, wire.get).lines;
}

/**
 * What a read of the tables gives, again whenever one of its rows changed. `undefined` until the first read for `subject`
 * returns; while only `detail` changes (more of the same) the last value stays.
 */
export function useStored<T>(subject: string, detail: string, read: (tx: Tables) => Promise<T>): T | undefined {
  const { reads } = useSource();
  const [held, setHeld] = useState<{ readonly subject: string; readonly value: T }>();
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  useEffect(
    () =>
      reads.observe(read, {
        next: (value) => setHeld({ subject, value }),
        error: (error) => setFailure({ error }),
      }),
    // What is read follows from subject and detail; the function itself is another one at every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [reads, subject, detail],
  );
  if (failure) throw failure.error;
  return held?.subject === subject ? held.value : undefined;
}
