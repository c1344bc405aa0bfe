/** The thread that owns the database file: it alone writes, and waits for the disk. Started by thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, type Call, createCommitLoop } from './commit-loop.ts';
import { connect, own } from './connection.ts';
import type { Failure } from './failure.ts';
import { migrate } from './migrations.ts';
import { openAll } from './rooms.ts';

export type Opening = { readonly file: string; readonly pagesMax?: number | undefined };
export type ToWorker = { readonly kind: 'calls'; readonly calls: readonly Call[] } | { readonly kind: 'close' };
export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | { readonly kind: 'broken'; readonly failure: Failure }
  | { readonly kind: 'closed' };

const port = parentPort!;
const { file, pagesMax } = workerData as Opening;
const send = (message: FromWorker): void => port.postMessage(message);

const owner = own(file);
const db = connect(file, { pagesMax });
migrate(db);
const loop = createCommitLoop({
  db,
  rooms: openAll(db),
  answer: (answers) => send({ kind: 'answers', answers }),
  onBroken: (failure) => send({ kind: 'broken', failure }),
});

let queue: Call[] = [];

/** Runs after all messages that have arrived: what came while the last commit waited for the disk shares the next one. */
function runQueue(): void {
  const calls = queue;
  queue = [];
  loop.run(calls);
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'calls') {
    if (queue.length === 0) setImmediate(runQueue);
    queue.push(...message.calls);
    return;
  }
  runQueue();
  loop.close();
  owner.close();
  send({ kind: 'closed' });
  port.close();
});

send({ kind: 'opened' });
