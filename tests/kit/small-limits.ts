/** Small enough that windows, cut runs and pages happen in short stories. Imported before anything that looks at a limit while it loads. */
import { limits } from '#sync-protocol';

Object.assign(limits, {
  windowBehindEvents: 6,
  windowMessagesMax: 2,
  historyPageMax: 4,
  keptEventsMax: 6,
  opsPerSyncMax: 6,
  bootstrapMessages: 3,
  responseBytesDefault: 6 * 1024,
});
