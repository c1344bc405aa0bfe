/** A ledger for a long time: what was asked is kept until it was read back once, and then let go, so that it stays small. */
import type { Answer, LogEvent, LogId, Op, Seq } from '#sync-protocol';

type Entry = { readonly log: LogId; seq: Seq | undefined; readAt: Seq | undefined };

export interface RollingLedger {
  /** Before its first byte leaves. */
  asked(op: Op): void;
  answered(answers: readonly Answer[]): void;
  /** Refused for good: its event is to be nowhere. */
  refused(opId: string): void;
  /** As its log's reader met it: each event of a log once, in the order of the log. */
  read(log: LogId, event: LogEvent): void;
  /** The last seq of a log that was acknowledged: whoever reads the log afterwards gets at least that far. */
  acknowledgedTo(log: LogId): Seq;
  /** Everything of the log up to here was read. */
  readTo(log: LogId, watermark: Seq): void;
  /** What went wrong, in words. */
  readonly wrong: readonly string[];
  readonly counts: { readonly acknowledged: number; readonly refused: number; readonly read: number };
  waiting(): number;
}

/** What only the rig's people write: other events are made by the server, or were made before the ledger was opened. */
const kept = new Set([
  'message',
  'edit',
  'delete',
  'reaction',
  'info-changed',
  'members-added',
  'member-removed',
  'read-marker',
  'draft',
]);
const wrongMax = 50;

export function createRollingLedger(): RollingLedger {
  const entries = new Map<string, Entry>();
  const lastAcknowledged = new Map<LogId, Seq>();
  /** By log and sender: texts are `<sender>:<number>`. */
  const lastSaid = new Map<string, number>();
  const wrong: string[] = [];
  const counts = { acknowledged: 0, refused: 0, read: 0 };
  const note = (what: string): void => void (wrong.length < wrongMax && wrong.push(what));

  /** Asked, answered and read, each once and with the same number: nothing more can be learned of it. */
  function letGo(opId: string, { log, seq, readAt }: Entry): void {
    if (seq === undefined || readAt === undefined) return;
    entries.delete(opId);
    if (seq !== readAt) note(`${opId} was answered ${seq} and is ${readAt} of ${log}`);
  }

  function checkOrder(log: LogId, { payload, seq }: LogEvent): void {
    // Edited or deleted before its reader came to it: what it said is nowhere any more, and its place was checked by its seq.
    if (payload === null) return;
    const [sender = '', number = ''] = ((payload as { body?: { text?: string } }).body?.text ?? '').split(':');
    const key = `${log} ${sender}`;
    const n = Number(number);
    if (!(n > (lastSaid.get(key) ?? 0))) note(`${log} ${seq}: ${sender} said ${number} after ${lastSaid.get(key)}`);
    lastSaid.set(key, n);
  }

  return {
    wrong,
    counts,
    waiting: () => entries.size,
    asked: ({ opId, log }) => void entries.set(opId, { log, seq: undefined, readAt: undefined }),
    answered: (answers) => {
      for (const answer of answers) {
        if (!('seq' in answer)) continue;
        const { opId, log, seq } = answer;
        const entry = entries.get(opId);
        if (!entry) note(`${opId} was answered, and not asked or answered before`);
        else if (entry.log !== log) note(`${opId} was asked of ${entry.log} and answered in ${log}`);
        else {
          counts.acknowledged++;
          entry.seq = seq;
          lastAcknowledged.set(log, Math.max(seq, lastAcknowledged.get(log) ?? 0));
          letGo(opId, entry);
        }
      }
    },
    refused: (opId) => {
      counts.refused++;
      if (entries.get(opId)?.readAt !== undefined) note(`${opId} was refused and is in its log`);
      entries.delete(opId);
    },
    read: (log, event) => {
      if (!kept.has(event.type)) return;
      counts.read++;
      const entry = entries.get(event.opId);
      if (!entry || entry.log !== log)
        return note(`${log} ${event.seq} is ${event.opId}: nobody asked for it, or it is there twice`);
      if (entry.readAt !== undefined) return note(`${event.opId} is in ${log} twice: ${entry.readAt} and ${event.seq}`);
      entry.readAt = event.seq;
      if (event.type === 'message') checkOrder(log, event);
      letGo(event.opId, entry);
    },
    acknowledgedTo: (log) => lastAcknowledged.get(log) ?? 0,
    readTo: (log, watermark) => {
      for (const [opId, entry] of entries) {
        if (entry.log !== log || entry.seq === undefined || entry.seq > watermark) continue;
        note(`${opId} was acknowledged as ${entry.seq} of ${log} and is not there`);
        entries.delete(opId);
      }
    },
  };
}
