import { isSelfLog, limits, type LogId, type Run } from '#sync-protocol';
import type { Change } from './change.ts';
import type { Clock, CommitResult, Random, Report } from './ports.ts';

export interface Receiver {
  /** A live run. Applied when it continues what is held, else kept until what lies between has come. [EN-5] */
  receive(run: Run): void;
  /** Runs of these logs are kept until `release`: an answer about them is under way. */
  hold(logs: readonly LogId[]): void;
  release(): void;
  /** Live runs applied so far: a root computed before one of them says nothing against it. */
  applied(): number;
  stop(): void;
}

type Needs = {
  readonly commit: (change: Change) => Promise<CommitResult>;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
  /** Something is missing: ask the server. */
  readonly pull: (log: LogId) => void;
};

export function createReceiver({ commit, clock, random, report, pull }: Needs): Receiver {
  const buffered = new Map<LogId, readonly Run[]>();
  const busy = new Set<LogId>();
  const gaps = new Map<LogId, () => void>();
  /** Asked about, and answered since: what is still not continuous then never will be. */
  const asked = new Map<LogId, 'asking' | 'answered'>();
  let held = new Set<LogId>();
  let count = 0;
  let isStopped = false;

  const keep = (run: Run) => {
    const others = (buffered.get(run.log) ?? []).filter((one) => one.to !== run.to || one.from !== run.from);
    // Beyond the bound the oldest are let go: the pull brings them.
    buffered.set(run.log, [...others, run].toSorted((a, b) => a.from - b.from).slice(-limits.bufferedRunsMax));
  };
  const waitForGap = (log: LogId) => {
    if (gaps.has(log) || isStopped) return;
    const ms = limits.gapWaitMs * (0.75 + random() / 2);
    gaps.set(
      log,
      clock.after(ms, () => {
        gaps.delete(log);
        if (!buffered.has(log)) return;
        asked.set(log, 'asking');
        pull(log);
      }),
    );
  };
  const drain = (log: LogId) => {
    if (busy.has(log) || held.has(log) || isStopped) return;
    const [next, ...rest] = buffered.get(log) ?? [];
    if (!next) return;
    if (rest.length > 0) buffered.set(log, rest);
    else buffered.delete(log);
    busy.add(log);
    void applyOne(next);
  };
  const applyOne = async (run: Run) => {
    const { log } = run;
    let result: CommitResult | undefined;
    try {
      result = await commit(isSelfLog(log) ? { kind: 'self-run', run } : { kind: 'run', run });
    } catch (error) {
      report('live: a run could not be stored', error);
    }
    busy.delete(log);
    if (isStopped) return;
    after(run, result);
  };
  const missing = (run: Run) => {
    const { log } = run;
    if (asked.get(log) !== 'answered') {
      keep(run);
      return waitForGap(log);
    }
    // The server was asked and this still leads nowhere: a conversation left meanwhile. If not, its root will tell.
    asked.delete(log);
    buffered.delete(log);
  };
  const after = (run: Run, result: CommitResult | undefined) => {
    const { log } = run;
    if (result?.kind === 'superseded') return;
    if (result?.kind === 'committed') {
      count += 1;
      asked.delete(log);
      return drain(log);
    }
    switch (result?.why) {
      case 'duplicate':
      case 'stale':
        return drain(log);
      case 'gap':
        return missing(run);
      case 'broken':
        report('live: a run contradicts itself', result.detail);
        return pull(log);
      case 'fork':
      case undefined:
        // Another history, or the disk refused: the server says which, from what is held.
        return pull(log);
    }
  };
  return {
    receive: (run) => {
      if (isStopped) return;
      keep(run);
      drain(run.log);
    },
    hold: (logs) => {
      held = new Set(logs);
    },
    release: () => {
      held = new Set();
      for (const log of asked.keys()) asked.set(log, 'answered');
      for (const log of buffered.keys()) drain(log);
    },
    applied: () => count,
    stop: () => {
      isStopped = true;
      for (const cancel of gaps.values()) cancel();
      gaps.clear();
      buffered.clear();
    },
  };
}
