import { conversationOf, type Chain, type LogId, type Seq } from '#sync-protocol';
import type { Tables } from './tables.ts';

export type SelfWatermark = { readonly watermark: Seq; readonly chain: Chain };

export async function selfWatermark(tx: Tables): Promise<SelfWatermark | undefined> {
  return (await tx.meta.get('self'))?.value as SelfWatermark | undefined;
}

/** How far a log is applied; 0 before its first event. */
export async function watermarkOf(tx: Tables, log: LogId): Promise<Seq> {
  const conversation = conversationOf(log);
  if (!conversation) return (await selfWatermark(tx))?.watermark ?? 0;
  return (await tx.conversations.get(conversation))?.watermark ?? 0;
}
