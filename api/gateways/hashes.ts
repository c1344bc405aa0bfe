import { createHash, createHmac } from 'node:crypto';
import type { Hashes } from '../core/ports.ts';

/** `key`: the store's own, hex. */
export function createHashes(key: string): Hashes {
  const secret = Buffer.from(key, 'hex');
  const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
  return {
    short: (text) => sha256(text).toString('hex').slice(0, 16),
    digest: (text) => new Uint8Array(sha256(text).subarray(0, 16)),
    keyed: (text) => createHmac('sha256', secret).update(text).digest('hex'),
  };
}
