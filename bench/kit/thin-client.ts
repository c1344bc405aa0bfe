/** A device that stores nothing: it asks `/api/sync` until it has heard everything, and counts. */
import {
  CHAIN_START,
  PROTOCOL_VERSION,
  type Chain,
  type LogId,
  type Run,
  type SyncRequest,
  type SyncResponse,
  limits,
} from '#sync-protocol';

export type CaughtUp = { readonly ms: number; readonly requests: number; readonly bytes: number; readonly messages: number };
export type Said = { readonly response: SyncResponse; readonly sentBytes: number; readonly heardBytes: number };

export async function ask(url: string, token: string, request: Partial<SyncRequest>): Promise<Said> {
  const body = JSON.stringify({ version: PROTOCOL_VERSION, ...request });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'accept-encoding': 'identity' };
  const answer = await fetch(`${url}/api/sync`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`sync was refused: ${answer.status} ${text}`);
  const response = JSON.parse(text) as SyncResponse;
  return { response, sentBytes: Buffer.byteLength(body), heardBytes: Buffer.byteLength(text) };
}

/** Everything of these logs from their beginning, by somebody who knows everything else. */
export async function catchUp(
  url: string,
  token: string,
  logs: readonly LogId[],
  known: Partial<SyncRequest>,
): Promise<CaughtUp> {
  const at = new Map<LogId, { watermark: number; chain: Chain }>(logs.map((log) => [log, { watermark: 0, chain: CHAIN_START }]));
  const startedMs = performance.now();
  const counted = { requests: 0, bytes: 0, messages: 0 };
  while (at.size > 0) {
    const asked = [...at].slice(0, limits.logsPerSyncMax).map(([log, where]) => ({ log, ...where }));
    const { response, heardBytes } = await ask(url, token, { ...known, logs: asked, budgetBytes: limits.responseBytesMax });
    counted.requests++;
    counted.bytes += heardBytes;
    for (const part of response.logs) {
      if (part.kind !== 'run') throw new Error(`asked for a run of ${part.log}, got ${part.kind}`);
      counted.messages += messagesIn(part);
      if (part.to === part.head) at.delete(part.log);
      else at.set(part.log, { watermark: part.to, chain: part.toChain });
    }
  }
  return { ms: performance.now() - startedMs, ...counted };
}

const messagesIn = ({ items }: Run): number => items.filter((item) => 'type' in item && item.type === 'message').length;
