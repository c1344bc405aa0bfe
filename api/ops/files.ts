import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const databaseName = 'chatter.db';
export const manifestName = 'manifest.json';

/** A moment as a part of a name: sorts by time, and every file system takes it. */
export const stamp = (now: Date): string => now.toISOString().replaceAll(/[:.]/g, '-');

/** Until then a power cut may leave a file, or the name of one in its folder, that is not what was written. */
export function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Why it cannot be done, for whoever asked. */
export class OpsError extends Error {
  override readonly name = 'OpsError';
}
