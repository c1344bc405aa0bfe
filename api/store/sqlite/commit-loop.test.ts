import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Answer, type Call, createCommitLoop } from './commit-loop.ts';
import type { Failure } from './failure.ts';

const sqliteError = (errcode: number): Error => Object.assign(new Error(`SQLite says ${errcode}`), { errcode });
const errors = { full: 13, fsync: 1034, write: 778 };

/** A loop over one table, whose every statement is written down and may be made to fail. */
function aLoop({ walPages = 0 } = {}) {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE notes (text TEXT NOT NULL UNIQUE)');
  const insert = db.prepare('INSERT INTO notes VALUES (?)');
  const history: string[] = [];
  const failing = new Map<string, Error>();
  const broken: Failure[] = [];
  const answers: Answer[] = [];
  const note = (text: string): string => {
    insert.run(text);
    const error = failing.get(text);
    if (error) throw error;
    return text;
  };
  const loop = createCommitLoop({
    db: {
      // What the loop prepares is the question how long the write-ahead log is.
      prepare: () => db.prepare(`SELECT ${walPages} AS log, 0 AS checkpointed`),
      close: () => db.close(),
      get isTransaction() {
        return db.isTransaction;
      },
      exec: (sql) => {
        history.push(sql);
        const error = failing.get(sql);
        if (error) throw error;
        db.exec(sql);
      },
    },
    rooms: { notes: { reads: {}, writes: { note } } },
    answer: (given) => {
      history.push(`answer ${given.length}`);
      answers.push(...given);
    },
    onBroken: (failure) => broken.push(failure),
  });
  let id = 0;
  const calls = (...texts: string[]): readonly Call[] =>
    texts.map((text) => ({ id: ++id, room: 'notes', name: 'note', args: [text] }));
  const outcomes = () => answers.map((answer) => (answer.outcome === 'done' ? answer.value : answer.failure.kind));
  const notes = () =>
    db
      .prepare('SELECT text FROM notes ORDER BY text')
      .all()
      .map((row) => row['text']);
  return { loop, calls, outcomes, notes, history, failing, broken };
}

test('[SQ-6] all that is queued shares one commit, and is answered after it', () => {
  const { loop, calls, outcomes, history } = aLoop();
  loop.run(calls('a', 'b', 'c'));
  expect(history.filter((line) => !/SAVEPOINT|RELEASE/.test(line))).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'answer 3']);
  expect(outcomes()).toEqual(['a', 'b', 'c']);
});

test('[SQ-6] a long queue is committed in several goes', () => {
  const { loop, calls, notes, history } = aLoop();
  loop.run(calls(...Array.from({ length: 1_100 }, (_, i) => `${i}`)));
  expect(history.filter((line) => line === 'COMMIT')).toHaveLength(3);
  expect(notes()).toHaveLength(1_100);
});

test('[SQ-1] a write that throws is undone alone', () => {
  const { loop, calls, outcomes, notes, failing } = aLoop();
  failing.set('b', new Error('a mistake of ours'));
  loop.run([...calls('a', 'b', 'c', 'a'), { id: 99, room: 'notes', name: 'unknown', args: [] }]);
  expect(outcomes()).toEqual(['a', 'unknown', 'c', 'unknown', 'unknown']);
  expect(notes()).toEqual(['a', 'c']);
});

test.each(['COMMIT', 'b'])(
  '[SQ-8] a disk that is full at %s answers nothing of that commit, and the next one goes through',
  (at) => {
    const { loop, calls, outcomes, notes, failing, broken } = aLoop();
    failing.set(at, sqliteError(errors.full));
    loop.run(calls('a', 'b'));
    expect(outcomes()).toEqual(['full', 'full']);
    expect(notes()).toEqual([]);
    failing.clear();
    loop.run(calls('a', 'b'));
    expect(outcomes().slice(2)).toEqual(['a', 'b']);
    expect(broken).toEqual([]);
  },
);

test.each([
  ['COMMIT', errors.fsync],
  ['COMMIT', errors.write],
  ['b', errors.write],
])('[SQ-9] after a disk that failed at %s with %i nothing is acknowledged any more', (at, code) => {
  const { loop, calls, outcomes, notes, failing, broken, history } = aLoop();
  failing.set(at, sqliteError(code));
  loop.run(calls('a', 'b'));
  failing.clear();
  const tried = history.length;
  loop.run(calls('c'));
  expect(outcomes()).toEqual(['broken', 'broken', 'broken']);
  expect(history.slice(tried)).toEqual(['answer 1']);
  expect(notes()).toEqual([]);
  expect(broken).toHaveLength(1);
});

test('[SQ-9] a transaction that cannot be undone breaks the store', () => {
  const { loop, calls, outcomes, failing, broken } = aLoop();
  failing.set('COMMIT', sqliteError(errors.full)).set('ROLLBACK', new Error('no'));
  loop.run(calls('a'));
  failing.clear();
  loop.run(calls('b'));
  expect(outcomes()).toEqual(['broken', 'broken']);
  expect(broken).toHaveLength(1);
});

const checkpoint = 'PRAGMA wal_checkpoint(PASSIVE)';

test('[SQ-6] a long write-ahead log is moved into the file after the answers, a short one is let be', () => {
  const [long, short] = [aLoop({ walPages: 5_000 }), aLoop({ walPages: 50 })];
  for (const { loop, calls } of [long, short]) loop.run(calls('a'));
  expect(long.history.slice(-2)).toEqual(['answer 1', checkpoint]);
  expect(short.history).not.toContain(checkpoint);
});

test.each([
  ['full', errors.full, ['a', 'b']],
  ['broken', errors.fsync, ['a', 'broken']],
])('[SQ-8][SQ-9] a disk found %s while moving the log takes back no answer', (_, code, expected) => {
  const { loop, calls, outcomes, failing, broken } = aLoop({ walPages: 5_000 });
  failing.set(checkpoint, sqliteError(code));
  loop.run(calls('a'));
  loop.run(calls('b'));
  expect(outcomes()).toEqual(expected);
  expect(broken.map(({ kind }) => kind)).toEqual(expected.filter((outcome) => outcome === 'broken'));
});
