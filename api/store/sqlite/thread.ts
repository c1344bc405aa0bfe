import { Worker } from 'node:worker_threads';
import { StorageBrokenError, StorageFullError } from '../../core/ports.ts';
import type { Answer, Call } from './commit-loop.ts';
import type { Failure } from './failure.ts';
import type { FromWorker, Opening, ToWorker } from './worker.ts';

/** The worker as the main thread sees it: calls go there together, answers come back one by one. */
export type Thread = {
  call(call: Omit<Call, 'id'>): Promise<unknown>;
  /** How many calls are not answered yet. */
  waiting(): number;
  close(): Promise<void>;
};

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

type Listeners = { readonly onBroken: (error: StorageBrokenError) => void; readonly onCommitted: (writes: number) => void };

/** Resolves when the file is open and brought up to date; rejects with the reason when it cannot be. */
export async function startThread(opening: Opening, { onBroken, onCommitted }: Listeners): Promise<Thread> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: opening });
  const waiting = new Map<number, Waiting>();
  const closed = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let outgoing: Call[] = [];
  let lastId = 0;
  /** Why no call can be answered any more. */
  let ended: Error | undefined;

  const send = (message: ToWorker): void => worker.postMessage(message);

  function flush(): void {
    if (outgoing.length === 0) return;
    send({ kind: 'calls', calls: outgoing });
    outgoing = [];
  }

  function end(error: Error): void {
    if (!ended && error instanceof StorageBrokenError) onBroken(error);
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function settle(answer: Answer): void {
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.outcome === 'done') return waiter?.resolve(answer.value);
    waiter?.reject(toError(answer.failure));
  }

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'opened':
        return opened.resolve();
      case 'answers':
        onCommitted(message.answers.length);
        return message.answers.forEach(settle);
      case 'broken':
        return onBroken(brokenError(message.failure.cause));
      case 'closed':
        return closed.resolve();
    }
  });
  worker.on('error', (error: Error) => {
    opened.reject(error);
    end(brokenError(error));
  });
  worker.on('exit', () => {
    end(closedError());
    closed.resolve();
  });
  await opened.promise;

  return {
    call: (call) => {
      if (ended) return Promise.reject(ended);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      // What is asked in one turn travels together.
      if (outgoing.length === 0) queueMicrotask(flush);
      outgoing.push({ ...call, id });
      return promise;
    },
    waiting: () => waiting.size,
    close: async () => {
      flush();
      if (!ended) send({ kind: 'close' });
      ended ??= closedError();
      await closed.promise;
    },
  };
}

function toError({ kind, cause }: Failure): Error {
  switch (kind) {
    case 'full':
      return new StorageFullError('There is no room left on the disk of the database.', { cause });
    case 'broken':
      return brokenError(cause);
    case 'unknown':
      return cause;
  }
}

const brokenError = (cause: Error): StorageBrokenError =>
  new StorageBrokenError('The disk of the database failed: nothing more is written until the server is started anew.', { cause });

const closedError = (): Error => new Error('The store is closed.');
