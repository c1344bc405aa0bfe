import type { UserId } from '#sync-protocol';
import type { LocalStore, Report } from '../sync/ports.ts';
import { databaseName } from './db.ts';
import { openDexieBackend } from './dexie-backend.ts';
import { createLocalStore } from './local-store.ts';
import { createMemoryBackend } from './memory-backend.ts';
import type { StoreReads } from './reads.ts';
import type { Backend } from './tables.ts';

export interface OpenedStore {
  readonly local: LocalStore;
  readonly reads: StoreReads;
  /** `memory`: this browser gives no database here, so closing the tab forgets everything; the screens say so. */
  readonly kind: 'disk' | 'memory';
}

export async function openStore({
  user,
  onClosed,
  report,
}: {
  user: UserId;
  onClosed: () => void;
  report: Report;
}): Promise<OpenedStore> {
  const backend = await openBackend(user, onClosed, report);
  const { observe, isAtRest, disk, kind } = backend;
  return { local: createLocalStore(backend, { user }), reads: { user, observe, isAtRest, disk }, kind };
}

async function openBackend(user: UserId, onClosed: () => void, report: Report): Promise<Backend> {
  try {
    return await openDexieBackend(databaseName(user), { onClosed });
  } catch (error) {
    report('disk: could not be opened, going on in memory', error);
    return createMemoryBackend();
  }
}
