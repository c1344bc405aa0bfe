import { expect, test } from 'vitest';
import { afterRefusal, Refusal, refusalCodeSchema, refusals, type RefusalCode } from '#sync-protocol';

test('[RF-1] the ways to say no are a closed list, each with a status and a remedy', () => {
  // By hand: adding one is a change of the wire.
  expect(Object.fromEntries(Object.entries(refusals).map(([code, { status, remedy }]) => [code, `${status} ${remedy}`]))).toEqual(
    {
      malformed: '400 park',
      'signed-out': '401 sign-in',
      revoked: '401 wipe',
      'code-invalid': '403 park',
      forbidden: '403 park',
      'not-found': '404 park',
      conflict: '409 park',
      'too-large': '413 halve',
      'client-too-old': '426 update',
      'too-fast': '429 retry',
      internal: '500 retry',
      unavailable: '503 retry',
      untried: '503 retry',
      'storage-full': '507 retry',
    },
  );
  expect(refusalCodeSchema.safeParse('no').success).toBe(false);
  expect(new Refusal('too-fast', 'x', { retryAfterMs: 5 })).toMatchObject({ code: 'too-fast', detail: 'x', retryAfterMs: 5 });
});

test('[RF-2] only what will never be accepted is parked; everything else is sent again', () => {
  const outcomes = Object.keys(refusals).map((code) => [code, afterRefusal(code as RefusalCode)]);
  expect(Object.fromEntries(outcomes)).toMatchObject({
    conflict: 'park',
    'too-large': 'halve',
    unavailable: 'retry',
    'signed-out': 'retry',
    untried: 'retry',
  });
});
