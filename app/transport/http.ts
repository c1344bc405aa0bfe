import {
  historyPageSchema,
  isRefused,
  refusalBodySchema,
  syncResponseSchema,
  tooOldSchema,
  type RefusalCode,
} from '#sync-protocol';
import type { HistoryAnswer, Report, SyncAnswer, Transport } from '../sync/ports.ts';

const TIMEOUT_MS = 30_000;
/** How long a server may take to begin its answer, beside the time that sending a request takes at this many bytes in a ms. */
const SILENCE_MS = 10_000;
const SLOWEST_UPLOAD = 4;
/** What a browser lets a page send that is about to go away. */
const KEEPALIVE_BYTES_MAX = 60 * 1024;

type Fetched = { readonly kind: 'unreachable' } | { readonly kind: 'ok' | 'refused'; readonly body: unknown };

/** Requests that are answered or are not: no answer, a late one and one that is none are all "nothing is known". */
export function createHttp(origin: string, report: Report): Pick<Transport, 'sync' | 'history'> {
  const network = createNetworkSignal();
  const ask = async (path: string, init: RequestInit & { readonly body?: string }): Promise<Fetched> => {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), SILENCE_MS + (init.body ?? '').length / SLOWEST_UPLOAD);
    try {
      const response = await fetch(`${origin}${path}`, {
        ...init,
        credentials: 'include',
        cache: 'no-store',
        signal: AbortSignal.any([network(), silence.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      clearTimeout(timer);
      const body: unknown = await response.json();
      return { kind: response.ok ? 'ok' : 'refused', body };
    } catch {
      // A network error says nothing about the session: it is never taken for "signed out".
      return { kind: 'unreachable' };
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    sync: async (request): Promise<SyncAnswer> => {
      const body = JSON.stringify(request);
      const keepalive = isLeaving() && body.length < KEEPALIVE_BYTES_MAX;
      const fetched = await ask('/api/sync', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        keepalive,
      });
      if (fetched.kind === 'unreachable') return fetched;
      if (fetched.kind === 'refused') return refusal(fetched.body);
      const response = syncResponseSchema.safeParse(fetched.body);
      if (response.success) return { kind: 'ok', response: response.data };
      report('http: not a sync response', response.error.issues.slice(0, 3));
      return { kind: 'unreachable' };
    },
    history: async ({ conversation, from, to, atLeast }): Promise<HistoryAnswer> => {
      const query = new URLSearchParams({ from: String(from), to: String(to), atLeast: String(atLeast) });
      const fetched = await ask(`/api/conversations/${conversation}/messages?${query}`, { method: 'GET' });
      if (fetched.kind === 'unreachable') return fetched;
      if (fetched.kind === 'refused') return refusal(fetched.body);
      const page = historyPageSchema.safeParse(fetched.body);
      if (page.success) return { kind: 'ok', page: page.data };
      report('http: not a page of history', page.error.issues.slice(0, 3));
      return { kind: 'unreachable' };
    },
  };
}

/** Aborted when the device comes to another network: what was asked over the one before is answered to nobody, and says so late. */
function createNetworkSignal(): () => AbortSignal {
  let network = new AbortController();
  const renew = () => {
    network.abort();
    network = new AbortController();
  };
  if (typeof addEventListener === 'function') addEventListener('online', renew);
  return () => network.signal;
}

const isLeaving = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden';

type RefusedAnswer = Extract<SyncAnswer, { kind: 'refused' }>;

/** Something between here and the server may say no in its own words: then nothing is known. */
function refusal(body: unknown): RefusedAnswer | { readonly kind: 'unreachable' } {
  const tooOld = tooOldSchema.safeParse(body);
  if (tooOld.success) {
    const code: RefusalCode = 'client-too-old';
    return {
      kind: 'refused',
      refusal: code,
      answers: tooOld.data.answers.filter((answer) => !isRefused(answer) || answer.opId !== ''),
    };
  }
  const refused = refusalBodySchema.safeParse(body);
  if (!refused.success) return { kind: 'unreachable' };
  const { refusal: code, retryAfterMs } = refused.data;
  return { kind: 'refused', refusal: code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
