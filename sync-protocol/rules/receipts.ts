import type { Receipt } from '../wire/conversation.ts';

/** Receipts are the larger of what either side knows, in any order, however often. [RC-1] */
export function mergeReceipt(held: Receipt | undefined, heard: Receipt): Receipt {
  if (!held) return heard;
  return {
    user: heard.user,
    version: Math.max(held.version, heard.version),
    delivered: Math.max(held.delivered, heard.delivered, heard.read),
    read: Math.max(held.read, heard.read),
  };
}
