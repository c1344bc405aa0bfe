import { backoffMs, type SyncResponse } from '#sync-protocol';
import type { Change } from './change.ts';
import { createDifferences, type Differences } from './differences.ts';
import type { Clock, CommitResult, Random } from './ports.ts';
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
  const { memory, clock, random, report, progress } = needs;
  let wanted: 'no' | 'ops' | 'all' = 'no';
  let isRunning = false;
  let isStopped = false;
  let failures = 0;
  let retry: (() => void) | undefined;
  let periodic: (() => void) | undefined;

  const commit = async (change: Change): Promise<CommitResult> => {
    const result = await needs.commit(change);
    if (result.kind === 'superseded') isStopped = true;
    return result;
  };
  const wait: RoundNeeds['wait'] = (conversation, ms) => {
    memory.quieten([conversation]);
    clock.after(ms, () => {
      memory.wake(conversation);
      request();
    });
  };
  const differences = createDifferences(memory, clock);
  const rounds = createRounds({ ...needs, commit, wait, isStopped: () => isStopped });
  const since = createSince(needs.since, commit);

  const fail = (askedMs = 0) => {
    if (isStopped) return;
    wanted = 'no';
    failures += 1;
    const retryInMs = backoffMs(failures, random(), askedMs);
    retry?.();
    retry = clock.after(retryInMs, tryAgain);
    progress({ retryInMs });
  };
  const pass = async (onlyOps: boolean) => {
    if (!onlyOps) progress('asking');
    let isFirst = true;
    const ask = (heads: boolean) => {
      const round = rounds({ heads, onlyOps: onlyOps && isFirst, since: since.get() });
      isFirst = false;
      return round;
    };
    const ended = await untilCaughtUp(needs, differences, ask);
    if (isStopped || ended.kind === 'ended' || ended.kind === 'nothing-to-send') return;
    if (ended.kind === 'failed') return fail(ended.askedMs);
    failures = 0;
    await since.set(ended.response.now, ended.moved);
    const everyMs = Math.max(1, ended.response.syncEverySeconds) * 1_000;
    periodic?.();
    periodic = clock.after(everyMs * (0.9 + random() / 5), request);
    progress('caught-up');
  };
  const run = async () => {
    while (wanted !== 'no' && !isStopped) {
      const onlyOps = wanted === 'ops';
      wanted = 'no';
      await pass(onlyOps);
    }
  };
  const start = () => {
    if (isRunning || isStopped || retry) return;
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
  function tryAgain(): void {
    retry?.();
    retry = undefined;
    request();
  }
  return {
    request,
    flush: () => {
      if (wanted === 'no') wanted = 'ops';
      start();
    },
    tryNow: () => {
      failures = 0;
      tryAgain();
    },
    compare: (root) => void (differences.isOpen(root) && request()),
    stop: () => {
      isStopped = true;
      for (const cancel of [retry, periodic, differences.stop]) cancel?.();
    },
  };
}

type Ended = Exclude<Round, { kind: 'stale' }>;

/** Why it ends: every turn after the first follows one that moved something, or compares all heads, which is done once. [EN-4] */
async function untilCaughtUp(
  { memory, open, report }: SyncerNeeds,
  differences: Differences,
  ask: (heads: RoundAsk['heads']) => Promise<Round>,
): Promise<Ended> {
  let moved = false;
  let heads: 'not-asked' | 'asking' | 'asked' = 'not-asked';
  for (;;) {
    const round = await ask(heads === 'asking');
    if (round.kind === 'stale') continue;
    if (round.kind !== 'ok') return round;
    moved ||= round.moved;
    if (heads === 'asking') heads = 'asked';
    const { response } = round;
    if (response.more || isIncomplete()) {
      if (!round.moved && heads === 'not-asked') return stuck();
      continue;
    }
    if (!differences.isOpen(response.root)) return { ...round, moved };
    if (round.overtaken && round.moved) continue;
    if (heads === 'asked') {
      report('sync: the roots differ after all heads were compared');
      differences.settle(response.root);
      return { ...round, moved };
    }
    heads = 'asking';
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
function createSince(stored: number | undefined, commit: (change: Change) => Promise<CommitResult>) {
  let held = stored;
  let persisted = stored ?? 0;
  return {
    get: () => held,
    set: async (now: SyncResponse['now'], moved: boolean) => {
      held = now;
      if (!moved && now - persisted < PERSISTED_SINCE_MS) return;
      persisted = now;
      await commit({ kind: 'synced', since: now });
    },
  };
}
