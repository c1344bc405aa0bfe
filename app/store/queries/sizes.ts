import { useEffect, useState } from 'react';
import type { ConversationId } from '#sync-protocol';
import type { StoreReads } from '../reads.ts';
import type { Tables } from '../tables.ts';
import { useSource } from './provider.tsx';

/** What a conversation takes on this device, estimated from its rows. */
export type Size = { readonly messages: number; readonly bytes: number };

const rowsAtOnce = 500;

/** Counts on from `after`: at most some hundred rows, so that no transaction holds up a message. */
export async function readSizePart(
  tx: Tables,
  id: ConversationId,
  after: number,
): Promise<Size & { readonly next: number | undefined }> {
  const rows = await tx.messages.between(id, { from: after + 1, to: Number.MAX_SAFE_INTEGER, limit: rowsAtOnce });
  const bytes = rows.reduce((sum, row) => sum + JSON.stringify(row).length, 0);
  return { messages: rows.length, bytes, next: rows.length < rowsAtOnce ? undefined : rows.at(-1)?.order };
}

/** Sizes as they are counted, one conversation after the other; `isWhole` once all are. */
export function useSizes(ids: readonly ConversationId[] | undefined): {
  readonly sizes: ReadonlyMap<ConversationId, Size>;
  readonly isWhole: boolean;
} {
  const { reads } = useSource();
  const [counted, setCounted] = useState({
    sizes: new Map<ConversationId, Size>() as ReadonlyMap<ConversationId, Size>,
    isWhole: false,
  });
  const subject = ids?.join(' ');
  useEffect(() => {
    if (subject === undefined) return undefined;
    const wanted = (subject === '' ? [] : subject.split(' ')) as ConversationId[];
    const over = new AbortController();
    const count = async () => {
      const sizes = new Map<ConversationId, Size>();
      for (const id of wanted) {
        sizes.set(id, await sizeOf(reads, id, over.signal));
        if (over.signal.aborted) return;
      }
      setCounted({ sizes, isWhole: true });
    };
    count().catch((error: unknown) => console.error('sizes could not be counted', error));
    return () => over.abort();
  }, [reads, subject]);
  return counted;
}

async function sizeOf(reads: StoreReads, id: ConversationId, over: AbortSignal): Promise<Size> {
  const size = { messages: 0, bytes: 0 };
  for (let after: number | undefined = 0; after !== undefined && !over.aborted;) {
    const from: number = after;
    const part: Awaited<ReturnType<typeof readSizePart>> = await once(reads, (tx) => readSizePart(tx, id, from));
    size.messages += part.messages;
    size.bytes += part.bytes;
    after = part.next;
  }
  return size;
}

/** The first answer, and no more. */
function once<T>(reads: StoreReads, work: (tx: Tables) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = reads.observe(work, {
      next: (value) => {
        stop();
        resolve(value);
      },
      error: (error) => {
        stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    });
  });
}
