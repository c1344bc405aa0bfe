import {
  limits,
  OLDEST_VERSION,
  opSchema,
  Refusal,
  type Answer,
  type Op,
  type SyncRequest,
  type SyncResponse,
} from '#sync-protocol';
import { bytesOf } from './budget.ts';
import type { Caller, ReportBug } from './ports.ts';
import type { ReceiptKeeper } from './receipt-keeper.ts';
import type { SyncReader } from './sync-reader.ts';
import type { Writer } from './writer.ts';

/** The body of a 426. [PV-3] */
export type TooOld = { readonly refusal: 'client-too-old'; readonly answers: Answer[]; readonly oldestVersion: number };

export interface Sync {
  /** `POST /api/sync`: ops first, then everything that is read. A device too old for that gets the answers to its ops. [SY-2, PV-3] */
  sync(caller: Caller, request: SyncRequest): Promise<SyncResponse | TooOld>;
  /** The fast path of a socket: the same ops, the same answers. */
  ops(caller: Caller, storeEpoch: string | undefined, ops: readonly unknown[]): Promise<readonly Answer[]>;
  /** What arrived on one of the caller's devices. */
  received(caller: Caller, received: NonNullable<SyncRequest['received']>): Promise<void>;
}

export type SyncDeps = {
  readonly writer: Writer;
  readonly read: SyncReader;
  readonly receiptKeeper: ReceiptKeeper;
  readonly storeEpoch: string;
  readonly reportBug: ReportBug;
};

export function createSync({ writer, read, receiptKeeper, storeEpoch, reportBug }: SyncDeps): Sync {
  async function ops(caller: Caller, epoch: string | undefined, sent: readonly unknown[]): Promise<readonly Answer[]> {
    if (sent.length === 0) return [];
    if (sent.length > limits.opsPerSyncMax || bytesOf(sent) > limits.opsBytesMax) throw new Refusal('too-large', 'ops');
    const parsed = sent.map(parse);
    // What this store knows of those ids is another history's: the device comes back when it has re-based. [SY-9]
    const isOther = epoch !== undefined && epoch !== storeEpoch;
    if (isOther) return parsed.map(({ opId }) => ({ opId, refusal: 'untried' }));
    const fine = parsed.flatMap((one) => ('op' in one ? [one.op] : []));
    const answers = new Map((await writer.write(caller, fine)).map((answer, i) => [fine[i], answer]));
    return parsed.map((one) => ('op' in one ? answers.get(one.op)! : one));
  }

  async function received(caller: Caller, all: NonNullable<SyncRequest['received']>): Promise<void> {
    // A hint for the others' screens: no reason to fail what it came with.
    await Promise.all(
      all.map(({ conversation, seq }) =>
        receiptKeeper.raise(caller.user, { conversation, delivered: seq, read: 0 }).catch(reportBug),
      ),
    );
  }

  return {
    ops,
    received,
    sync: async (caller, request) => {
      const answers = await ops(caller, request.storeEpoch, request.ops ?? []);
      if (request.version < OLDEST_VERSION) {
        return { refusal: 'client-too-old', answers: [...answers], oldestVersion: OLDEST_VERSION };
      }
      await received(caller, request.received ?? []);
      return read(caller.user, request, answers);
    },
  };
}

type Parsed = { readonly opId: Op['opId']; readonly op: Op } | Extract<Answer, { refusal: unknown }>;

/** One by one: a bad op is refused, the others are done. [SY-1, OP-4] */
function parse(sent: unknown): Parsed {
  const said = (sent as { opId?: unknown } | null)?.opId;
  const opId = typeof said === 'string' ? said.slice(0, 64) : '';
  if (bytesOf(sent) > limits.opBytesMax) return { opId, refusal: 'too-large' };
  const parsed = opSchema.safeParse(sent);
  if (parsed.success) return { opId: parsed.data.opId, op: parsed.data };
  return { opId, refusal: 'malformed', detail: parsed.error.issues[0]?.path.join('.') ?? '' };
}
