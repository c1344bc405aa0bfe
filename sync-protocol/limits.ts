/** Every bound of the protocol, unit in its name. What happens at the bound is said in SPEC.md at the rule that cites it. */
export const limits = {
  /** One message's text, UTF-8. */
  textBytesMax: 16 * 1024,
  titleCharsMax: 100,
  aboutCharsMax: 500,
  nameCharsMax: 64,
  emojiCharsMax: 32,
  draftBytesMax: 16 * 1024,
  mentionsMax: 100,
  groupMembersMax: 1_000,
  /** An older pin makes room for a newer one. */
  pinsMax: 100,

  opsPerSyncMax: 50,
  opBytesMax: 160 * 1024,
  opsBytesMax: 192 * 1024,
  logsPerSyncMax: 64,
  rowsOfMax: 200,
  peopleOfMax: 200,
  receiptsOfMax: 64,
  receivedMax: 64,
  requestBytesMax: 256 * 1024,
  socketFrameBytesMax: 256 * 1024,

  responseBytesDefault: 256 * 1024,
  responseBytesMax: 1024 * 1024,
  responseBytesMin: 4 * 1024,

  windowMessagesMax: 50,
  windowBytesMax: 64 * 1024,
  windowBehindEvents: 2_000,
  windowBehindBytes: 1024 * 1024,
  historyPageMax: 50,
  historyPageBytesMax: 64 * 1024,

  bootstrapRowsFirst: 50,
  bootstrapRowsPage: 200,
  bootstrapLogsFirst: 10,
  bootstrapMessages: 20,

  reactionPeopleMax: 100,
  keptEventsMax: 200,
  bufferedRunsMax: 64,

  writerBatchOps: 64,
  writerQueueOps: 4_096,
  appendAttemptsMax: 32,

  heartbeatMs: 20_000,
  silenceMs: 25_000,
  gapWaitMs: 400,
  ackTimeoutMs: 10_000,
  sinceOverlapMs: 60_000,
  rootAgeMsMax: 300_000,

  backoffMsMin: 500,
  backoffMsMax: 60_000,

  /** The server's `at` may be at most this far ahead of the store's clock. */
  clockAheadMsMax: 2_000,

  codeDigits: 6,
  /** What a code has instead once too many guesses at its number were wrong. */
  codeDigitsSteppedUp: 10,
  codeMinutes: 10,
  codeTriesMax: 5,
  pinCharsMin: 4,
  pinCharsMax: 20,
  sessionDays: 90,
} as const;
