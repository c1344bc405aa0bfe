import { bodyHashInput, conversationOf, isDirect, limits, type Answer, type LogId, type Op } from '#sync-protocol';
import { bounds } from './bounds.ts';
import { createCommit, type CommitDeps } from './commit.ts';
import { opIdOf, type Asked } from './decide.ts';
import { createOutcomes } from './outcomes.ts';
import type { Caller, Directory } from './ports.ts';
import type { ProfileNews } from './profile-news.ts';
import type { ReceiptKeeper } from './receipt-keeper.ts';
import { createRelays, type Relay } from './relays.ts';
import type { Followed } from './settling.ts';
import type { Lane, Ticket } from './trial.ts';

/** The one way in: decides, numbers and appends. */
export interface Writer {
  /** One answer an op, in their order, once each op is stored with its consequences or refused. Ops of one log keep their order. [LN-1] */
  write(caller: Caller, ops: readonly Op[]): Promise<readonly Answer[]>;
  /** Finishes what a crash left undone. At start before anything is served, and at any time after. [RL-2] */
  repair(): Promise<void>;
}

export type WriterDeps = Omit<CommitDeps, 'outcomes' | 'followUp'> & {
  readonly directory: Directory;
  readonly receiptKeeper: ReceiptKeeper;
  readonly profileNews: ProfileNews;
};

type Queue = { readonly waiting: Ticket[] };

export function createWriter(deps: WriterDeps): Writer {
  const { hashes, receiptKeeper, profileNews } = deps;
  const queues = new Map<LogId, Queue>();
  const relays = createRelays({ ...deps, write: writeRelay });
  const commit = createCommit({ ...deps, outcomes: createOutcomes(deps), followUp });

  /** Whatever has queued up goes into one append. Ends when nothing waits. */
  async function drain(log: LogId, { waiting }: Queue): Promise<void> {
    // Lets everything asked in this turn join the first batch.
    await Promise.resolve();
    while (waiting.length > 0) await commit(log, waiting.splice(0, limits.writerBatchOps));
    queues.delete(log);
  }

  function enqueue(log: LogId, ticket: Ticket): void {
    const queue = queues.get(log);
    if (queue) return void queue.waiting.push(ticket);
    const started = { waiting: [ticket] };
    queues.set(log, started);
    void drain(log, started);
  }

  function ask(asked: Asked, lane: Lane): Promise<Answer> {
    const { log } = asked.kind === 'op' ? asked.op : asked.relay;
    const isFull = asked.kind === 'op' && (queues.get(log)?.waiting.length ?? 0) >= limits.writerQueueOps;
    if (lane.isStopped || isFull) {
      const refusal = lane.isStopped ? 'untried' : 'too-fast';
      lane.isStopped = true;
      return Promise.resolve({ opId: opIdOf(asked), refusal, retryAfterMs: bounds.retryAfterMs });
    }
    return new Promise((settle) => enqueue(log, { asked, lane, settle }));
  }

  /** Relays are not bounded by the queue: they follow from what is stored already. */
  async function writeRelay(relay: Relay): Promise<boolean> {
    const bodyHash = hashes.keyed(bodyHashInput(relay));
    const answer = await ask({ kind: 'relay', relay, by: relay.by, bodyHash }, { isStopped: false });
    return 'seq' in answer;
  }

  async function followUp(log: LogId, { by, known, relays: owes }: Followed): Promise<void> {
    if (owes) await relays.finish(log);
    if (known?.type === 'profile') profileNews.changed(by);
    if (known?.type !== 'read-marker') return;
    const { conversation, seq } = known.payload;
    // A receipt is a courtesy: the marker itself is stored, and the next one raises it again.
    await receiptKeeper.raise(by, { conversation, delivered: seq, read: seq }).catch(deps.reportBug);
  }

  return {
    write: (caller, ops) => {
      const lanes = new Map<LogId, Lane>();
      const laneOf = (log: LogId): Lane => {
        const lane = lanes.get(log) ?? { isStopped: false };
        lanes.set(log, lane);
        return lane;
      };
      const asked = ops.map((op): Asked => ({
        kind: 'op',
        op,
        by: caller.user,
        bodyHash: hashes.keyed(bodyHashInput({ ...op, by: caller.user, with: isOfTwo(op) ? op.with : undefined })),
      }));
      return Promise.all(asked.map((one, i) => ask(one, laneOf(ops[i]!.log))));
    },
    repair: relays.repair,
  };
}

/** Elsewhere `with` says nothing and is not kept, so it is not part of what is recognised either. */
function isOfTwo({ log }: Op): boolean {
  const conversation = conversationOf(log);
  return conversation !== undefined && isDirect(conversation);
}
