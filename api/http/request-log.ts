import { randomUUIDv7 } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Log } from '../core/log.ts';

export const requestIdOf = (res: Response): string => String(res.locals['requestId'] ?? '');

/** One line a request: which route, not which address, since addresses hold ids of people and conversations. [AC-10] */
export function requestLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const startedMs = performance.now();
    const requestId = randomUUIDv7();
    res.locals['requestId'] = requestId;
    res.set('X-Request-Id', requestId);
    res.once('finish', () => {
      const { route, refusal, user, device } = res.locals as Record<string, string | undefined>;
      const ms = Math.round(performance.now() - startedMs);
      const facts = { request: requestId, method: req.method, route, status: res.statusCode, refusal, user, device, ms };
      if (refusal === 'forbidden' || refusal === 'too-fast' || refusal === 'code-invalid') log.warn('refused', facts);
      else log.info('answered', facts);
    });
    next();
  };
}
