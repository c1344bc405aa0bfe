import type { DatabaseSync } from 'node:sqlite';

/**
 * One database file has several rooms: the logs, the accounts … A room prepares its statements once and is called by name,
 * fully typed. It is opened twice: in the thread that owns the file, for its writes, and in the main thread on a connection
 * that can only read, for its reads. So opening must do nothing but prepare.
 *
 * To add one:
 *   1. `accounts-room.ts`: `export const openAccountsRoom = (db: DatabaseSync) => ({ reads: { … }, writes: { … } }) satisfies Room`
 *   2. its tables: one more line in `migrations.ts`
 *   3. its name: one more line in `rooms.ts`
 *   4. call it: `await store.read('accounts', 'byPhone', phone)`, `await store.write('accounts', 'create', account)`
 *
 * Writes run in the order of their calls, each within a transaction shared with whatever else was queued, and resolve after
 * its COMMIT: what has resolved survives a power cut. A write that throws is undone alone and rejects; expected outcomes are
 * therefore return values. Its arguments and result are copied between threads: plain data, no functions, no classes.
 *
 * Reads see every write that resolved before they were called, and nothing that is not durable. They hold up the main thread
 * while they run: a few rows each, by an index.
 */
export type Room = { readonly reads: Handlers; readonly writes: Handlers };

export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

export type OpenRoom = (db: DatabaseSync) => Room;
