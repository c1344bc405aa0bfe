/** The thread that owns the database file: it alone waits for the disk. Started by thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, type Call, createCommitLoop } from './commit-loop.ts';
import { connect, own } from './connection.ts';
import { migrate } from './migrations.ts';
import type { Room } from './room.ts';
import { openRooms } from './rooms.ts';

export type Opening = { readonly file: string; readonly pagesMax?: number | undefined };
export type ToWorker = { readonly kind: 'calls'; readonly calls: readonly Call[] } | { readonly kind: 'close' };
export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | { readonly kind: 'closed' };

const port = parentPort!;
const { file, pagesMax } = workerData as Opening;
const send = (message: FromWorker): void => port.postMessage(message);

const owner = own(file);
const db = connect(file, { pagesMax });
migrate(db);
const rooms: Record<string, Room> = Object.fromEntries(Object.entries(openRooms).map(([name, open]) => [name, open(db)]));
const loop = createCommitLoop({ db, rooms, answer: (answers) => send({ kind: 'answers', answers }) });

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
