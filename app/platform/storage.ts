import type { Report } from '../sync/ports.ts';

export type StorageInfo = { readonly usedBytes?: number; readonly quotaBytes?: number; readonly isPersistent: boolean };

/** Asks the browser not to evict. Nobody waits for the answer: Firefox may ask the person, and may never be answered. */
export function askToPersist(report: Report): void {
  if (!navigator.storage?.persist) return;
  navigator.storage.persist().catch((error: unknown) => report('storage: could not ask to persist', error));
}

export async function readStorageInfo(): Promise<StorageInfo> {
  const { storage } = navigator;
  if (!storage?.estimate) return { isPersistent: false };
  const [{ usage, quota }, isPersistent] = await Promise.all([storage.estimate(), storage.persisted?.() ?? false]);
  return { ...(usage !== undefined && { usedBytes: usage }), ...(quota !== undefined && { quotaBytes: quota }), isPersistent };
}
