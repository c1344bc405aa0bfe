import type { DatabaseSync } from 'node:sqlite';
import { type Failure, failureOf } from './failure.ts';
import type { Room } from './room.ts';

/** One write of a room. */
export type Call = {
  readonly id: number;
  readonly room: string;
  readonly name: string;
  readonly args: readonly unknown[];
};
export type Answer =
  | { readonly id: number; readonly outcome: 'done'; readonly value: unknown }
  | { readonly id: number; readonly outcome: 'failed'; readonly failure: Failure };

export type CommitLoop = {
  /** Answers all these calls, in one transaction or a few. */
  run(calls: readonly Call[]): void;
  close(): void;
};

type World = {
  readonly db: Pick<DatabaseSync, 'exec' | 'prepare' | 'isTransaction' | 'close'>;
  readonly rooms: Readonly<Record<string, Room>>;
  readonly answer: (answers: readonly Answer[]) => void;
  /** Told once, before the calls it concerns are answered. */
  readonly onBroken: (failure: Failure) => void;
};

/** More would make those who came first wait for those who came last. */
const writesPerCommitMax = 512;
/** A write-ahead log longer than this (16 MiB) is moved into the file, after the answers have gone out. */
const walPagesMax = 4_096;

/**
 * Group commit: everything queued, whichever log or room it is for, shares one COMMIT and so one fsync, and is answered
 * after it. [SQ-6]
 */
export function createCommitLoop({ db, rooms, answer, onBroken }: World): CommitLoop {
  const walPages = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  /** Once set, nothing is written any more. [SQ-9] */
  let broken: Failure | undefined;

  function run(calls: readonly Call[]): void {
    if (calls.length === 0) return;
    for (let at = 0; at < calls.length; at += writesPerCommitMax) answer(commit(calls.slice(at, at + writesPerCommitMax)));
    checkpoint('PASSIVE');
  }

  function commit(writes: readonly Call[]): readonly Answer[] {
    if (broken) return failAll(writes, broken);
    try {
      db.exec('BEGIN IMMEDIATE');
      const answers = writes.map((call) => attemptWrite(call));
      db.exec('COMMIT');
      return answers;
    } catch (error) {
      return failAll(writes, abandon(failureOf(error)));
    }
  }

  /** A handler that throws is undone alone. A disk that fails ends the whole transaction. */
  function attemptWrite(call: Call): Answer {
    db.exec('SAVEPOINT one');
    const answered = attempt(rooms, call);
    if (answered.outcome === 'failed') {
      if (answered.failure.kind !== 'unknown') throw answered.failure.cause;
      db.exec('ROLLBACK TO one');
    }
    db.exec('RELEASE one');
    return answered;
  }

  function abandon(failure: Failure): Failure {
    if (failure.kind === 'broken') stop(failure);
    try {
      if (db.isTransaction) db.exec('ROLLBACK');
    } catch (error) {
      stop(failureOf(error));
    }
    return broken ?? failure;
  }

  function stop({ cause }: Failure): void {
    if (broken) return;
    broken = { kind: 'broken', cause };
    onBroken(broken);
  }

  /** A full disk is tried again after the next commit: until then the write-ahead log is longer, and nothing is lost. */
  function checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): void {
    if (broken) return;
    try {
      const { log, checkpointed } = walPages.get() as { log: number; checkpointed: number };
      if (mode === 'PASSIVE' && log - checkpointed < walPagesMax) return;
      db.exec(`PRAGMA wal_checkpoint(${mode})`);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'full') stop(failure);
    }
  }

  return {
    run,
    close: () => {
      checkpoint('TRUNCATE');
      db.close();
    },
  };
}

const failAll = (calls: readonly Call[], failure: Failure): readonly Answer[] =>
  calls.map(({ id }) => ({ id, outcome: 'failed', failure }));

function attempt(rooms: World['rooms'], { id, room, name, args }: Call): Answer {
  try {
    const handler = rooms[room]?.writes[name] as ((...args: readonly unknown[]) => unknown) | undefined;
    if (!handler) throw new Error(`There is no write ${room}.${name}.`);
    return { id, outcome: 'done', value: handler(...args) };
  } catch (error) {
    return { id, outcome: 'failed', failure: failureOf(error) };
  }
}
