/** How a write failed, as it crosses from the thread that owns the file. */
export type Failure = {
  /**
   * `full`: undone, may succeed later. `broken`: the disk failed; what it did is unknown, and it is not asked again.
   * `unknown`: anything else, a mistake of ours most likely.
   */
  readonly kind: 'full' | 'broken' | 'unknown';
  readonly cause: Error;
};

/** SQLite's primary result codes, which are the low byte of the extended ones (1034 is IOERR_FSYNC). */
const full = 13;
const broken: readonly number[] = [10 /* IOERR */, 11 /* CORRUPT */, 26 /* NOTADB */];
const busy = 5;

/**
 * After a failed fsync the kernel may have dropped the pages and answers the next fsync with success: trying again would
 * acknowledge what is not on the disk. So an I/O error on a write is final. [SQ-9]
 */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = resultCode(cause);
  if (code === full) return { kind: 'full', cause };
  return { kind: broken.includes(code) ? 'broken' : 'unknown', cause };
}

export const isBusy = (error: unknown): boolean => error instanceof Error && resultCode(error) === busy;

function resultCode(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}
