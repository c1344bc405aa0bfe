import { isSelfLog, limits, type LogId, type Run } from '#sync-protocol';
import type { Change } from './change.ts';
import type { Clock, CommitResult, Random, Report } from './ports.ts';

export interface Receiver {
  /** A live run. Applied when it continues what is held, else kept until what lies between has come. [EN-5] */
  receive(run: Run): void;
  /** Runs of these logs are kept until `release`: an answer about them is under way. */
  hold(logs: readonly LogId[]): void;
  release(): void;
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
  const waiting = createRunBuffer({ clock, random, pull });
  const busy = new Set<LogId>();
  let held = new Set<LogId>();
  let isStopped = false;

  const drain = (log: LogId) => {
    if (busy.has(log) || held.has(log) || isStopped) return;
    const next = waiting.take(log);
    if (!next) return;
    busy.add(log);
    void applyOne(next);
  };
  const applyOne = async (run: Run) => {
    let result: CommitResult | undefined;
    try {
      result = await commit(isSelfLog(run.log) ? { kind: 'self-run', run } : { kind: 'run', run });
    } catch (error) {
      report('live: a run could not be stored', error);
    }
    busy.delete(run.log);
    if (!isStopped) after(run, result);
  };
  const after = (run: Run, result: CommitResult | undefined) => {
    const { log } = run;
    if (result?.kind === 'superseded') return;
    if (result?.kind === 'committed') {
      waiting.moved(log);
      return drain(log);
    }
    switch (result?.why) {
      case 'duplicate':
      case 'stale':
        return drain(log);
      case 'gap':
        return waiting.missing(run);
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
      waiting.keep(run);
      drain(run.log);
    },
    hold: (logs) => {
      held = new Set(logs);
    },
    release: () => {
      held = new Set();
      waiting.answered();
      for (const log of waiting.logs()) drain(log);
    },
    stop: () => {
      isStopped = true;
      waiting.stop();
    },
  };
}

/** Runs that came early, by log. Each gap is given a moment to close, then asked about once. */
function createRunBuffer({ clock, random, pull }: Pick<Needs, 'clock' | 'random' | 'pull'>) {
  const runs = new Map<LogId, readonly Run[]>();
  const gaps = new Map<LogId, () => void>();
  /** Asked about, and answered since: what is still not continuous then never will be. */
  const asked = new Map<LogId, 'asking' | 'answered'>();

  const keep = (run: Run) => {
    const others = (runs.get(run.log) ?? []).filter((one) => one.to !== run.to || one.from !== run.from);
    const all = [...others, run].toSorted((a, b) => a.from - b.from);
    runs.set(run.log, all.slice(0, limits.bufferedRunsMax));
    // Beyond the bound the latest are let go: without the earliest, none of the others could be applied.
    if (all.length > limits.bufferedRunsMax) pull(run.log);
  };
  const ask = (log: LogId) => {
    gaps.delete(log);
    if (!runs.has(log)) return;
    asked.set(log, 'asking');
    pull(log);
  };
  return {
    keep,
    take: (log: LogId): Run | undefined => {
      const [next, ...rest] = runs.get(log) ?? [];
      if (rest.length > 0) runs.set(log, rest);
      else runs.delete(log);
      return next;
    },
    missing: (run: Run) => {
      const { log } = run;
      if (asked.get(log) === 'answered') {
        // The server was asked and this still leads nowhere: a conversation left meanwhile. If not, its root will tell.
        asked.delete(log);
        runs.delete(log);
        return;
      }
      keep(run);
      if (!gaps.has(log))
        gaps.set(
          log,
          clock.after(limits.gapWaitMs * (0.75 + random() / 2), () => ask(log)),
        );
    },
    moved: (log: LogId) => void asked.delete(log),
    answered: () => {
      for (const log of asked.keys()) asked.set(log, 'answered');
    },
    logs: () => [...runs.keys()],
    stop: () => {
      for (const cancel of gaps.values()) cancel();
      gaps.clear();
      runs.clear();
    },
  };
}
