import { isSelfLog, conversationLog, type ConversationId, type LogId, type OpId, type Seq } from '../ids.ts';
import { refusals, type RefusalCode } from '../refusal.ts';
import type { Op } from '../wire/op.ts';
import { namedBy } from './authorise.ts';

/**
 * One op on its way. [OB-1]
 *
 *            takeNext            accepted              watermark ≥ seq
 *   queued ───────────► sending ──────────► answered ─────────────────► gone
 *     ▲  ▲                 │  │                 │
 *     │  └── retry, lost ──┘  └─ refused ─► parked ── send again ──► queued
 *     └──────────── reset (the server lost it) ─┘
 *
 * `attempted` stays true once a byte may have left: from then on only the log decides what became of it. `again`: an attempt
 * before this one had no answer.
 */
export type OutboxState =
  | { readonly at: 'queued'; readonly attempted: boolean }
  | { readonly at: 'sending'; readonly again?: boolean }
  | { readonly at: 'answered'; readonly seq: Seq }
  | {
      readonly at: 'parked';
      readonly refusal: RefusalCode | 'lost-by-server' | 'no-longer-member' | 'waits-for-parked';
      readonly attempted: boolean;
    };

export type OutboxEntry = {
  /** Order of the person's actions on this device. */
  readonly n: number;
  readonly opId: OpId;
  /** The lane: ops of one log leave strictly in order. [LN-1] */
  readonly log: LogId;
  readonly op: Op;
  readonly state: OutboxState;
};

/** What becomes of a newly made op among those not yet sent. */
export type Staging =
  | { readonly kind: 'add' }
  /** It only changes what a waiting op says. */
  | { readonly kind: 'replace'; readonly opId: OpId; readonly op: Op }
  /** It and what it undoes were never heard of: nothing is sent. */
  | { readonly kind: 'vanish'; readonly opIds: readonly OpId[] };

const neverAttempted = (entry: OutboxEntry): boolean =>
  (entry.state.at === 'queued' || entry.state.at === 'parked') && !entry.state.attempted;

/** Only never-attempted ops fold or vanish; once attempted, an edit is an edit and a cancel is a delete. [OB-2] */
export function stage(op: Op, outbox: readonly OutboxEntry[]): Staging {
  const waiting = outbox.filter(neverAttempted);
  if (op.type === 'edit' || op.type === 'delete') {
    const made = waiting.find((entry) => entry.opId === op.target && entry.op.type === 'message');
    if (!made || made.op.type !== 'message') return { kind: 'add' };
    if (op.type === 'edit') return { kind: 'replace', opId: made.opId, op: { ...made.op, payload: op.payload } };
    const dependents = outbox.filter((entry) => namedBy(entry.op).includes(made.opId) && neverAttempted(entry));
    return { kind: 'vanish', opIds: [made.opId, ...dependents.map((entry) => entry.opId)] };
  }
  const register = registerOf(op);
  if (register === undefined) return { kind: 'add' };
  const older = waiting.find((entry) => entry.log === op.log && registerOf(entry.op) === register);
  if (!older) return { kind: 'add' };
  return { kind: 'replace', opId: older.opId, op: { ...op, opId: older.opId } };
}

/** Ops that say what a register is, so that a newer one says it all: they fold while they wait. [OB-3] */
function registerOf(op: Op): string | undefined {
  switch (op.type) {
    case 'read-marker':
    case 'draft':
    case 'muted':
    case 'pinned':
    case 'archived':
    case 'marked-unread':
      return `${op.type}:${op.payload.conversation}`;
    default:
      return undefined;
  }
}

/** The ops that must be answered before this one may leave, by id; and the conversation that must exist. [OB-4] */
export function waitsFor(entry: OutboxEntry, outbox: readonly OutboxEntry[]): readonly OpId[] {
  const unanswered = outbox.filter((other) => other.n < entry.n && other.state.at !== 'answered');
  const named = new Set<string>(namedBy(entry.op));
  const about = conversationNamed(entry.op);
  return unanswered
    .filter((other) => {
      if (named.has(other.opId)) return true;
      if (entry.op.type === 'starred' || entry.op.type === 'hidden') {
        if (other.opId === entry.op.payload.message) return true;
      }
      // A parked one waits for the person: the conversation may exist all the same, and the server knows.
      const mayMakeIt = other.state.at !== 'parked' && makesConversation(other.op);
      return about !== undefined && other.log === conversationLog(about) && mayMakeIt;
    })
    .map((other) => other.opId);
}

const makesConversation = (op: Op): boolean => op.type === 'group-created' || (op.type === 'message' && op.with !== undefined);

function conversationNamed(op: Op): ConversationId | undefined {
  return 'conversation' in op.payload ? op.payload.conversation : undefined;
}

/**
 * The next ops of a lane, in order, up to the first that must wait. A lane with something on its way has nothing to give.
 * In a self log an op that waits lets others pass. None passes one that names the same register: it waits for the same ops,
 * or for more. [LN-1, LN-3, OB-4]
 */
export function nextOfLane(
  lane: LogId,
  outbox: readonly OutboxEntry[],
  limit: { readonly ops: number; readonly bytes: number },
  sizeOf: (op: Op) => number,
): readonly OutboxEntry[] {
  const entries = outbox.filter((entry) => entry.log === lane);
  if (entries.some((entry) => entry.state.at === 'sending')) return [];
  const taken: OutboxEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (entry.state.at !== 'queued') continue;
    if (waitsFor(entry, outbox).some((opId) => !taken.some((one) => one.opId === opId))) {
      if (isSelfLog(lane)) continue;
      break;
    }
    const size = sizeOf(entry.op);
    if (taken.length > 0 && (taken.length >= limit.ops || bytes + size > limit.bytes)) break;
    taken.push(entry);
    bytes += size;
  }
  return taken;
}

/** What a refusal means for an op: wait and send the same bytes, or keep it for the person. [RF-2, OB-5] */
export function afterRefusal(code: RefusalCode): 'retry' | 'park' | 'halve' {
  const { remedy } = refusals[code];
  return remedy === 'park' || remedy === 'halve' ? remedy : 'retry';
}

/** An answered op is kept until the watermark has passed its event: a reset may need it again. [OB-6] */
export const isSettled = (entry: OutboxEntry, watermark: Seq): boolean =>
  entry.state.at === 'answered' && entry.state.seq <= watermark;

/** A reset: what the new history does not hold must be sent again, with the same id. [OB-7] */
export function afterReset(entry: OutboxEntry): OutboxState {
  return entry.state.at === 'answered' ? { at: 'queued', attempted: true } : entry.state;
}
