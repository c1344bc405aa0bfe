import * as z from 'zod/mini';

/**
 * Every way the server may say no, and what a device does about it. Adding one is a wire change. [RF-1]
 *
 * Remedies: `park` keep the op, show the reason, let the person decide · `retry` wait and send the same bytes again ·
 * `halve` send fewer ops; a single one is parked · `sign-in` lock, keep everything, ask for a code · `wipe` this device was
 * revoked: forget the account · `update` load the new app.
 */
export const refusals = {
  malformed: { status: 400, remedy: 'park' },
  'signed-out': { status: 401, remedy: 'sign-in' },
  revoked: { status: 401, remedy: 'wipe' },
  'code-invalid': { status: 403, remedy: 'park' },
  forbidden: { status: 403, remedy: 'park' },
  'not-found': { status: 404, remedy: 'park' },
  conflict: { status: 409, remedy: 'park' },
  'too-large': { status: 413, remedy: 'halve' },
  'client-too-old': { status: 426, remedy: 'update' },
  'too-fast': { status: 429, remedy: 'retry' },
  internal: { status: 500, remedy: 'retry' },
  unavailable: { status: 503, remedy: 'retry' },
  /** An op behind one that was refused with `retry`: not tried, so that its lane keeps its order. [LN-2] */
  untried: { status: 503, remedy: 'retry' },
  'storage-full': { status: 507, remedy: 'retry' },
} as const;

export type RefusalCode = keyof typeof refusals;
export type Remedy = (typeof refusals)[RefusalCode]['remedy'];

export const refusalCodeSchema = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]);

/** The body of every refused HTTP request. `detail` is for people who write scripts; the app shows its own words. */
export const refusalBodySchema = z.object({
  refusal: refusalCodeSchema,
  detail: z.optional(z.string()),
  retryAfterMs: z.optional(z.int()),
});
export type RefusalBody = z.infer<typeof refusalBodySchema>;

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly detail: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, detail = '', options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(detail ? `${code}: ${detail}` : code, options);
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = options.retryAfterMs;
  }
}
