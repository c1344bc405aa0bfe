import type { DatabaseSync } from 'node:sqlite';
import { openLogReads } from './log-reads.ts';
import { openLogWrites } from './log-writes.ts';
import type { Room } from './room.ts';

/** The logs and their projections. */
export const openLogRoom = (db: DatabaseSync) => ({ reads: openLogReads(db), writes: openLogWrites(db) }) satisfies Room;
