/** Bounds of the server alone; what devices must know as well is in sync-protocol/limits.ts. */
export const bounds = {
  /** Logs whose state the writer keeps at hand; the one used longest ago makes room. */
  heldLogsMax: 5_000,
  /** Events the writer folds forward after a lost race before it reads the projections anew. */
  foldForwardEvents: 256,
  /** Between two attempts to append, times a chance in [0, 1). */
  racePauseMs: 8,
  /** Appends whose outcome is unknown, before the ops are answered `unavailable`. */
  unknownAttemptsMax: 4,
  unknownPauseMs: 60,
  retryAfterMs: 1_000,
  /** Self logs that relays are written into at once. */
  relaysAtOnce: 32,
  /** Reads begun anew because the log moved meanwhile, before the answer is `unavailable`. */
  readAttemptsMax: 5,
  /** Events read at once when a run is made. */
  runPageEvents: 200,
  /** A live run above it is split. */
  liveRunBytesMax: 64 * 1024,
  mentionsPageMax: 100,
  previewCharsMax: 200,
  /** Between two pushes of one person's profile. */
  profilePauseMs: 1_000,
  /** Reads sent to the store at once for the rows of one answer. */
  rowsAtOnce: 32,
} as const;
