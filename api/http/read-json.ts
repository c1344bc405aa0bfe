import type { IncomingMessage } from 'node:http';
import { limits, Refusal } from '#sync-protocol';
import { isShallow } from '../core/depth.ts';

/**
 * The body, as far as it is ours to read: JSON in UTF-8, at most 256 KiB. What a form of a foreign page can send is not read.
 * Express's own parser reads a body that is too large to its end before it says so; this one stops.
 */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity', 'content-length': length = '0' } = req.headers;
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type) || encoding !== 'identity') {
    throw new Refusal('malformed', 'content-type: application/json');
  }
  if (Number(length) > limits.requestBytesMax) throw new Refusal('too-large');
  const bytes = await readBytes(req, limits.requestBytesMax).catch((error: unknown) => {
    if (error instanceof Refusal || req.complete) throw error;
    throw new Refusal('malformed', 'body: cut off');
  });
  const value = parseJson(bytes);
  if (!isShallow(value)) throw new Refusal('malformed', 'body: too deep');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new Refusal('malformed', 'body: not JSON');
  }
}

/** Keeps the connection when it gives up, so that the refusal can still be said. */
function readBytes(req: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (): void => void req.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    const giveUp = (error: Error): void => {
      settle();
      req.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > bytesMax) giveUp(new Refusal('too-large'));
    };
    const onEnd = (): void => {
      settle();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    };
    const onError = (error: Error): void => giveUp(error);
    const onClose = (): void => giveUp(new Error('the connection was closed'));
    // It may have been closed while it was looked up who asks.
    if (req.destroyed) return onClose();
    req.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
