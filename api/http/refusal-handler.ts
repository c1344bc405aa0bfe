import type { ErrorRequestHandler } from 'express';
import { Refusal, refusals, type RefusalBody, type RefusalCode } from '#sync-protocol';
import type { Log } from '../core/log.ts';
import { StorageBrokenError, StorageFullError } from '../core/ports.ts';
import { MarkedSignedOut } from './auth.ts';
import { clearSession } from './cookies.ts';
import { requestIdOf } from './request-log.ts';

/** The one place where a request is refused: the closed list of codes, never a stack. [RF-1] */
export function refusalHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const refusal = toRefusal(error);
    if (refusal.code === 'internal') log.error('a request failed', error, { request: requestIdOf(res) });
    // Too late to say no in words: the connection is cut, so that half an answer is not taken for a whole one.
    if (res.headersSent) return next(error);
    const { code, detail, retryAfterMs } = refusal;
    res.locals['refusal'] = code;
    if (error instanceof MarkedSignedOut) res.append('Set-Cookie', clearSession());
    if (retryAfterMs !== undefined) res.set('Retry-After', String(Math.ceil(retryAfterMs / 1_000)));
    // The rest of a body that is too large is not read.
    if (code === 'too-large') res.set('Connection', 'close');
    const body: RefusalBody = { refusal: code, ...(detail && { detail }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
    res.status(refusals[code].status).json(body);
  };
}

export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StorageFullError) return new Refusal('storage-full', '', { cause: error });
  if (error instanceof StorageBrokenError) return new Refusal('unavailable', '', { cause: error });
  return new Refusal(codeOfLibraryError(error), '', { cause: error });
}

/** What Express and its body parser throw for a request they cannot read. */
function codeOfLibraryError(error: unknown): RefusalCode {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return 'internal';
  if (error.status === 413) return 'too-large';
  return error.status >= 400 && error.status < 500 ? 'malformed' : 'internal';
}
