import { backoffMs, isRefused, limits, refusals, type Answer, type LogId, type RefusalCode, type Refused } from '#sync-protocol';
import type { Change } from './change.ts';
import type { Clock, CommitResult, LocalStore, Outgoing, Random, Report, Socket } from './ports.ts';

export interface Pusher {
  /** Something may be ready to leave. */
  nudge(): void;
  /** What a sync takes along: nothing while a socket is there and works. */
  takeForSync(): Promise<readonly Outgoing[]>;
  /** What became of what a sync took along; `undefined`: nothing is known. */
  answered(sent: readonly Outgoing[], answers: readonly Answer[] | undefined): Promise<void>;
  /** Learns how lanes fared without storing anything. Before the answers are stored: storing them asks for what leaves next. */
  heard(sent: readonly Outgoing[], answers: readonly Answer[]): void;
  /** The whole request was too large. */
  tooLarge(sent: readonly Outgoing[]): Promise<void>;
  /** What became of these could not be stored: they leave again once the disk takes something. */
  lost(sent: readonly Outgoing[]): void;
  /** Forget waiting: the person, or a new link, asks for an attempt now. */
  tryNow(): void;
  stop(): void;
}

type Needs = {
  readonly store: LocalStore;
  readonly leaderTerm: number;
  readonly storeEpoch: () => string | undefined;
  readonly commit: (change: Change) => Promise<CommitResult>;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
  /** The open socket, once it is ready. */
  readonly socket: () => Socket | undefined;
  /** The fast path is closed or failed: send with a sync. */
  readonly flush: () => void;
  readonly ended: (refusal: RefusalCode) => void;
};

const batchesMax = 4;

/** Sends what the outbox holds: over the socket when there is one, else with a sync. The disk decides what may leave. [EN-6] */
export function createPusher(needs: Needs): Pusher {
  const { storeEpoch, commit, report, socket, flush } = needs;
  const lanes = createLanes(needs, () => nudge());
  const { take, lost, grow, shrink } = createTaker(needs, lanes.waiting);
  let batches = 0;
  let isSocketTrusted = true;
  let isStopped = false;

  const heard: Pusher['heard'] = (sent, answers) => {
    lanes.heard(sent, answers);
    if (answers.some((answer) => !isRefused(answer))) grow();
  };
  const tooLarge: Pusher['tooLarge'] = async (sent) => {
    const [only] = sent;
    if (sent.length === 1 && only) await commit({ kind: 'park', opId: only.opId });
    else {
      shrink(sent.length);
      await commit({ kind: 'retry', opIds: sent.map(({ opId }) => opId) });
    }
    nudge();
  };
  const answered: Pusher['answered'] = async (sent, answers) => {
    if (sent.length === 0) return;
    const opIds = sent.map(({ opId }) => opId);
    if (!answers) return void (await commit({ kind: 'retry', opIds }));
    heard(sent, answers);
    await commit({ kind: 'answers', answers, sent: opIds });
    const oversized = new Set<string>(answers.filter(isOversized).map(({ opId }) => opId));
    if (oversized.size > 0) await tooLarge(sent.filter(({ opId }) => oversized.has(opId)));
  };
  const send = async (open: Socket, epoch: string, batch: readonly Outgoing[]) => {
    const ops = batch.map(({ wire }) => JSON.parse(wire) as unknown);
    const answers = await open.ask({ type: 'ops', storeEpoch: epoch, ops }, limits.ackTimeoutMs);
    // Silence on the fast path: the slow one is asked, with the same ids.
    if (!answers) isSocketTrusted = false;
    await answered(batch, answers);
    if (!answers) flush();
    // Storing what was accepted has asked for more already.
    else if (answers.every(isRefused)) nudge();
  };
  const broken = (error: unknown) => report('outbox: a batch could not be handled', error);
  const look = oneAtATime(async () => {
    const open = isSocketTrusted ? socket() : undefined;
    const epoch = storeEpoch();
    if (isStopped || batches >= batchesMax) return;
    if (!open || epoch === undefined) return flush();
    const batch = await take();
    if (batch.length === 0) return;
    batches += 1;
    send(open, epoch, batch)
      .catch((error: unknown) => (lost(batch), broken(error)))
      .finally(() => void (batches -= 1));
  }, broken);
  const nudge = (): void => void (!isStopped && look());
  return {
    nudge,
    takeForSync: async () => (isStopped || (isSocketTrusted && socket()) ? [] : take()),
    answered,
    heard,
    tooLarge,
    lost,
    tryNow: () => {
      isSocketTrusted = true;
      lanes.clear();
      nudge();
    },
    stop: () => {
      isStopped = true;
      lanes.clear();
    },
  };
}

/** However often it is asked for: once, and once more for what came while it was under way. */
function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let state: 'idle' | 'working' | 'asked-again' = 'idle';
  const start = () => {
    if (state !== 'idle') {
      state = 'asked-again';
      return;
    }
    state = 'working';
    work()
      .catch(failed)
      .finally(() => {
        const isAskedAgain = state === 'asked-again';
        state = 'idle';
        if (isAskedAgain) start();
      });
  };
  return start;
}

/** Takes what may leave, as much as the server takes at a time. Of what was lost only sending it again tells what became of it. */
function createTaker({ store, leaderTerm, commit }: Needs, waiting: () => ReadonlySet<LogId>) {
  let opsMax: number = limits.opsPerSyncMax;
  let unsettled: readonly Outgoing[] = [];
  const lost: Pusher['lost'] = (sent) => {
    unsettled = [...unsettled, ...sent];
  };
  /** Each is queued by one caller only: it may be on its way again when the next one asks. */
  const queueAgain = async () => {
    const ops = unsettled;
    unsettled = [];
    try {
      await commit({ kind: 'retry', opIds: ops.map(({ opId }) => opId) });
    } catch (error) {
      lost(ops);
      throw error;
    }
  };
  return {
    lost,
    take: async (): Promise<readonly Outgoing[]> => {
      if (unsettled.length > 0) await queueAgain();
      return store.takeNext({ leaderTerm, limit: { ops: opsMax, bytes: limits.opsBytesMax }, skip: waiting() });
    },
    grow: () => {
      opsMax = Math.min(limits.opsPerSyncMax, opsMax * 2);
    },
    /** These were too many. */
    shrink: (count: number) => {
      opsMax = Math.max(1, Math.floor(count / 2));
    },
  };
}

const isOversized = (answer: Answer): boolean => isRefused(answer) && refusals[answer.refusal].remedy === 'halve';

/** How long the server wants an op to wait; nothing when it need not. One it says nothing of waits as if it were refused. */
function waitAskedMs(answer: Answer | undefined): readonly number[] {
  if (!answer) return [0];
  return isRefused(answer) && refusals[answer.refusal].remedy === 'retry' ? [answer.retryAfterMs ?? 0] : [];
}

function isEnding(answer: Answer | undefined): answer is Refused {
  if (!answer || !isRefused(answer)) return false;
  const { remedy } = refusals[answer.refusal];
  return remedy === 'sign-in' || remedy === 'wipe' || remedy === 'update';
}

/** Lanes that stand still for a while after trouble, longer each time. [BO-1, LN-1] */
function createLanes({ clock, random, report, ended }: Needs, resumed: () => void) {
  const waits = new Map<LogId, { attempt: number; cancel: (() => void) | undefined }>();
  const pause = (log: LogId, askedMs: number) => {
    const before = waits.get(log);
    before?.cancel?.();
    const attempt = (before?.attempt ?? 0) + 1;
    const resume = () => {
      waits.set(log, { attempt, cancel: undefined });
      resumed();
    };
    waits.set(log, { attempt, cancel: clock.after(backoffMs(attempt, random(), askedMs), resume) });
  };
  const go = (log: LogId) => {
    waits.get(log)?.cancel?.();
    waits.delete(log);
  };
  return {
    waiting: () => new Set([...waits].flatMap(([log, { cancel }]) => (cancel ? [log] : []))),
    /** Trouble anywhere in a lane's part of the batch counts, whatever else of it was accepted and in which order they come. */
    heard: (sent: readonly Outgoing[], answers: readonly Answer[]) => {
      const answerOf = new Map<string, Answer>(answers.map((answer) => [answer.opId, answer]));
      for (const log of new Set(sent.map((op) => op.log))) {
        const lane = sent.filter((op) => op.log === log).map(({ opId }) => answerOf.get(opId));
        if (lane.some((answer) => answer && !isRefused(answer))) go(log);
        const waitsMs = lane.flatMap(waitAskedMs);
        if (waitsMs.length > 0) pause(log, Math.max(...waitsMs));
      }
      const left = sent.filter(({ opId }) => !answerOf.has(opId)).map(({ opId }) => opId);
      if (left.length > 0) report('outbox: a server left out answers', left);
      const over = sent.map(({ opId }) => answerOf.get(opId)).find(isEnding);
      if (over) ended(over.refusal);
    },
    clear: () => {
      for (const { cancel } of waits.values()) cancel?.();
      waits.clear();
    },
  };
}
