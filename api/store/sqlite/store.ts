import { invariant } from '#sync-protocol';
import { statSync } from 'node:fs';
import type { Clock, EventLog, StorageBrokenError } from '../../core/ports.ts';
import { connectReader } from './connection.ts';
import { createSqliteEventLog } from './event-log.ts';
import { type RoomCalls, openAll } from './rooms.ts';
import { startThread } from './thread.ts';
import { createTurns } from './turns.ts';

export type SqliteStore = RoomCalls & {
  readonly eventLog: EventLog;
  /** Told once, when the store has stopped acknowledging for good: the process is to end and be started anew. [SQ-9] */
  onBroken(listener: (error: StorageBrokenError) => void): void;
  /** Writes that were asked for and are not answered, and how large the files are. */
  figures(): { readonly waiting: number; readonly fileBytes: number; readonly walBytes: number };
  /** After what was called has been answered: the file is whole without its write-ahead log, and free for another process. */
  close(): Promise<void>;
};

export type SqliteOptions = {
  readonly file: string;
  readonly clock?: Clock;
  /** Told how many writes shared a COMMIT, after each. */
  readonly onCommitted?: (writes: number) => void;
  /** The file grows to at most this many pages of 4 KiB; then it is as if the disk were full. */
  readonly pagesMax?: number;
};

/** Opens the file, which must belong to no other process, and starts the thread that writes it. docs/decisions/0002-sqlite-in-a-worker.md */
export async function createSqliteStore({
  file,
  clock = { now: () => Date.now() },
  onCommitted = () => undefined,
  pagesMax,
}: SqliteOptions): Promise<SqliteStore> {
  const listeners: ((error: StorageBrokenError) => void)[] = [];
  let broken: StorageBrokenError | undefined;
  const onBroken = (error: StorageBrokenError): void => {
    if (broken) return;
    broken = error;
    for (const listener of listeners) listener(error);
  };
  const thread = await startThread({ file, pagesMax }, { onBroken, onCommitted });
  const reader = connectReader(file);
  const rooms = openAll(reader);
  const turn = createTurns();
  const read: RoomCalls['read'] = async (room, name, ...args) => {
    const handler = rooms[room].reads[name] as ((...args: readonly unknown[]) => never) | undefined;
    invariant(handler, `there is no read ${room}.${name}`);
    await turn();
    return handler(...args);
  };
  const write: RoomCalls['write'] = (room, name, ...args) => thread.call({ room, name, args }) as Promise<never>;

  return {
    eventLog: createSqliteEventLog({ read, write }, clock),
    read,
    write,
    onBroken: (listener) => {
      listeners.push(listener);
      if (broken) listener(broken);
    },
    figures: () => ({ waiting: thread.waiting(), fileBytes: bytesOf(file), walBytes: bytesOf(`${file}-wal`) }),
    close: async () => {
      await thread.close();
      if (reader.isOpen) reader.close();
    },
  };
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
