import { randomUUIDv7 } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Log } from '../core/log.ts';

export const requestIdOf = (res: Response): string => String(res.locals['requestId'] ?? '');

/** One answered request, without anything of what was in it. */
export type Answered = {
  /** As declared in the registry of routes; `app` for its files. */
  readonly route: string;
  readonly status: number;
  readonly refusal: string | undefined;
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/** One line a request: which route, not which address, since addresses hold ids of people and conversations. [AC-10] */
export function requestLog(log: Log, note: (answered: Answered) => void): RequestHandler {
  return (req, res, next) => {
    const startedMs = performance.now();
    const requestId = randomUUIDv7();
    res.locals['requestId'] = requestId;
    res.set('X-Request-Id', requestId);
    res.once('finish', () => {
      const { route, refusal, user, device } = res.locals as Record<string, string | undefined>;
      const exactMs = performance.now() - startedMs;
      const ms = Math.round(exactMs);
      const bytesIn = Number(req.headers['content-length'] ?? 0);
      const bytesOut = Number(res.getHeader('content-length') ?? 0);
      note({ route: route ?? 'app', status: res.statusCode, refusal, ms: exactMs, bytesIn, bytesOut });
      const facts = { request: requestId, method: req.method, route, status: res.statusCode, refusal, user, device, ms };
      if (refusal === 'forbidden' || refusal === 'too-fast' || refusal === 'code-invalid') log.warn('refused', facts);
      else log.info('answered', facts);
    });
    next();
  };
}
