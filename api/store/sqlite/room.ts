import type { DatabaseSync } from 'node:sqlite';

/**
 * One database file has several rooms: the logs, the accounts … A room opens in the thread that owns the file, prepares
 * its statements there once, and answers there; the main thread calls it by name, fully typed.
 *
 * To add one:
 *   1. `accounts-room.ts`: `export const openAccountsRoom = (db: DatabaseSync) => ({ reads: { … }, writes: { … } }) satisfies Room`
 *   2. its tables: one more line in `migrations.ts`
 *   3. its name: one more line in `rooms.ts`
 *   4. call it: `await store.read('accounts', 'byPhone', phone)`, `await store.write('accounts', 'create', account)`
 *
 * Writes run in the order of their calls, each within a transaction shared with whatever else was queued, and resolve after
 * its COMMIT: what has resolved survives a power cut. A write that throws is undone alone and rejects; expected outcomes are
 * therefore return values. Reads run between transactions: they see every write that resolved before they were called, and
 * nothing that is not durable. Arguments and results are copied between threads: plain data, no functions, no classes.
 */
export type Room = { readonly reads: Handlers; readonly writes: Handlers };

export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

export type OpenRoom = (db: DatabaseSync) => Room;
