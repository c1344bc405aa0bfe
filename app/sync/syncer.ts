import { backoffMs, type SyncResponse } from '#sync-protocol';
import { createDifferences, type Differences } from './differences.ts';
import type { Clock, CommitAll, Random } from './ports.ts';
import { createRounds, type Round, type RoundAsk, type RoundNeeds } from './round.ts';

export interface Syncer {
  /** Ask the server: now, when the request under way has ended, or when a failing server may be tried again. */
  request(): void;
  /** Ops wait and no socket takes them: ask only if there are any. */
  flush(): void;
  /** Ask now, whatever failed before. */
  tryNow(): void;
  /** The other side's root is this: ask if that is news. */
  compare(root: string): void;
  stop(): void;
}

export type SyncerNeeds = Omit<RoundNeeds, 'wait' | 'isStopped'> & {
  readonly clock: Clock;
  readonly random: Random;
  readonly since: number | undefined;
  readonly progress: (at: 'asking' | 'caught-up' | { readonly retryInMs: number }) => void;
};

const PERSISTED_SINCE_MS = 3_600_000;

/** Decides when to ask: one request at a time, with patience after a failure and now and then without a reason. [EN-1] */
export function createSyncer(needs: SyncerNeeds): Syncer {
  const { memory, clock, report, progress } = needs;
  let wanted: 'no' | 'ops' | 'all' = 'no';
  let isRunning = false;
  let isStopped = false;

  const commitAll: CommitAll = async (changes) => {
    const results = await needs.commitAll(changes);
    if (results.some(({ kind }) => kind === 'superseded')) isStopped = true;
    return results;
  };
  const differences = createDifferences(memory, clock);
  const pass = createPass({ ...needs, commitAll, isStopped: () => isStopped }, differences, () => request());
  const patience = createPatience(needs, () => request());

  const fail = (askedMs = 0) => {
    if (isStopped) return;
    wanted = 'no';
    patience.afterFailure(askedMs);
  };
  const run = async () => {
    while (wanted !== 'no' && !isStopped) {
      const onlyOps = wanted === 'ops';
      wanted = 'no';
      if (!onlyOps) progress('asking');
      const ended = await pass(onlyOps);
      if (isStopped) return;
      if (ended.kind === 'failed') return fail(ended.askedMs);
      if (ended.kind !== 'ok') continue;
      patience.afterSuccess(ended.response.syncEverySeconds);
      progress('caught-up');
    }
  };
  const start = () => {
    if (isRunning || isStopped || patience.isWaiting()) return;
    isRunning = true;
    run()
      .catch((error: unknown) => {
        report('sync: a response could not be stored', error);
        fail();
      })
      .finally(() => {
        isRunning = false;
        if (wanted !== 'no') start();
      });
  };
  function request(): void {
    wanted = 'all';
    start();
  }
  return {
    request,
    flush: () => {
      if (wanted === 'no') wanted = 'ops';
      start();
    },
    tryNow: () => {
      patience.forget();
      request();
    },
    compare: (root) => void (differences.isOpen(root) && request()),
    stop: () => {
      isStopped = true;
      patience.stop();
      differences.stop();
    },
  };
}

/** Rounds until nothing more is to be asked. Of a pass for ops alone only the first round needs ops to send. */
function createPass(
  needs: SyncerNeeds & Omit<RoundNeeds, 'wait'>,
  differences: Differences,
  request: () => void,
): (onlyOps: boolean) => Promise<Ended> {
  const { memory, clock } = needs;
  const wait: RoundNeeds['wait'] = (conversation, ms) => {
    memory.quieten([conversation]);
    clock.after(ms, () => {
      memory.wake(conversation);
      request();
    });
  };
  const rounds = createRounds({ ...needs, wait });
  const since = createSince(needs.since, needs.commitAll);
  return async (onlyOps) => {
    let began: SyncResponse['now'] | undefined;
    let isFirst = true;
    const ask = async (heads: boolean) => {
      const isLone = onlyOps && isFirst;
      isFirst = false;
      const round = await rounds({ heads, onlyOps: isLone, since: since.get() });
      if (round.kind === 'ok') began ??= round.response.now;
      return round;
    };
    const ended = await untilCaughtUp(needs, differences, ask);
    // A profile that changed after its first answer is told of next time, however long the rest took. [PR-2]
    if (ended.kind === 'ok' && !needs.isStopped()) await since.set(began ?? ended.response.now, ended.moved);
    return ended;
  };
}

/** When to ask next without being told to: later each time after failures, else as often as the server says. [BO-1, EN-1] */
function createPatience({ clock, random, progress }: SyncerNeeds, ask: () => void) {
  let failures = 0;
  let retry: (() => void) | undefined;
  let periodic: (() => void) | undefined;
  const stopWaiting = () => {
    retry?.();
    retry = undefined;
  };
  return {
    isWaiting: () => retry !== undefined,
    afterFailure: (askedMs: number) => {
      failures += 1;
      const retryInMs = backoffMs(failures, random(), askedMs);
      stopWaiting();
      retry = clock.after(retryInMs, () => {
        retry = undefined;
        ask();
      });
      progress({ retryInMs });
    },
    afterSuccess: (everySeconds: number) => {
      failures = 0;
      periodic?.();
      periodic = clock.after(Math.max(1, everySeconds) * 1_000 * (0.9 + random() / 5), ask);
    },
    forget: () => {
      failures = 0;
      stopWaiting();
    },
    stop: () => {
      stopWaiting();
      periodic?.();
    },
  };
}

type Ended = Exclude<Round, { kind: 'stale' }>;

/**
 * Why it ends: every turn after the first follows one that moved something, or during which something else did, or compares all
 * heads, which is done once. [EN-4]
 */
async function untilCaughtUp(
  { memory, open, report }: SyncerNeeds,
  differences: Differences,
  ask: (heads: RoundAsk['heads']) => Promise<Round>,
): Promise<Ended> {
  let moved = false;
  let heads: 'not-asked' | 'asking' | 'compared' | 'overtaken' = 'not-asked';
  for (;;) {
    const wantedBefore = wanted();
    const round = await ask(heads === 'asking');
    if (round.kind === 'stale') continue;
    if (round.kind !== 'ok') return round;
    const { response } = round;
    moved ||= round.moved;
    const isIdle = heads !== 'asking' && !round.moved && !round.overtaken && wanted() === wantedBefore;
    if (heads === 'asking') heads = 'compared';
    if (heads === 'compared' && round.overtaken) heads = 'overtaken';
    if (response.more || isIncomplete()) {
      if (isIdle) return stuck();
      continue;
    }
    if (!differences.isOpen(response.root)) return { ...round, moved };
    if (round.overtaken && round.moved) continue;
    if (heads === 'not-asked') {
      heads = 'asking';
      continue;
    }
    // What came meanwhile may be all the difference: the next root tells.
    if (heads === 'compared') {
      report('sync: the roots differ after all heads were compared');
      differences.settle(response.root);
    }
    return { ...round, moved };
  }

  function wanted(): string {
    return JSON.stringify([memory.bootstrap(), memory.asks(open()), memory.rowsOf(), memory.people()]);
  }
  function isIncomplete(): boolean {
    return (
      memory.bootstrap() !== undefined ||
      memory.asks(open()).length > 0 ||
      memory.rowsOf().length > 0 ||
      memory.people().length > 0
    );
  }
  function stuck(): Ended {
    report('sync: more is promised and nothing moves');
    return { kind: 'failed' };
  }
}

/** The server's time of the last finished sync: a hint for the next, so it is stored only when something else was, or rarely. [EN-8] */
function createSince(stored: number | undefined, commitAll: CommitAll) {
  let held = stored;
  let persisted = stored ?? 0;
  return {
    get: () => held,
    set: async (now: SyncResponse['now'], moved: boolean) => {
      held = now;
      if (!moved && now - persisted < PERSISTED_SINCE_MS) return;
      persisted = now;
      await commitAll([{ kind: 'synced', since: now }]);
    },
  };
}
