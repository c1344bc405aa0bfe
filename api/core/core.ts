import type { UserId } from '#sync-protocol';
import { roomsOf } from './live.ts';
import { createLogParts } from './log-parts.ts';
import type { Bus, Clock, Directory, EventLog, Hashes, Pause, People, Random, Receipts, ReportBug, Room } from './ports.ts';
import { createProfileNews } from './profile-news.ts';
import { createReader, type Reader } from './reader.ts';
import { createReceiptKeeper } from './receipt-keeper.ts';
import { createRoots, type Roots } from './roots.ts';
import { createRows } from './rows.ts';
import { createSync, type Sync } from './sync.ts';
import { createSyncReader } from './sync-reader.ts';
import { createWindows } from './windows.ts';
import { createWriter, type Writer } from './writer.ts';

/** The world as the core needs it. */
export type CoreDeps = {
  readonly log: EventLog;
  readonly receipts: Receipts;
  readonly directory: Directory;
  readonly people: People;
  readonly bus: Bus;
  readonly hashes: Hashes;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly random: Random;
  readonly reportBug: ReportBug;
  /** Of the store, as it was when this server opened it. */
  readonly storeEpoch: string;
  readonly syncEverySeconds: number;
};

export interface Core {
  readonly writer: Writer;
  readonly sync: Sync;
  readonly reader: Reader;
  readonly roots: Roots;
  /** Where one person's sockets belong, from the store. */
  rooms(user: UserId): Promise<readonly Room[]>;
}

/** The heart of a server: one way in, one way out, and what must be told of it. `writer.repair()` comes before anything is served. */
export function createCore(deps: CoreDeps): Core {
  const { log, receipts } = deps;
  const roots = createRoots(deps);
  const rows = createRows({ log, receipts });
  const windows = createWindows({ log, rows });
  const logParts = createLogParts({ log, windows });
  const receiptKeeper = createReceiptKeeper(deps);
  const writer = createWriter({ ...deps, receiptKeeper, profileNews: createProfileNews(deps) });
  const read = createSyncReader({ ...deps, roots, rows, windows, logParts });
  return {
    writer,
    roots,
    sync: createSync({ ...deps, writer, read, receiptKeeper }),
    reader: createReader({ ...deps, roots, rows }),
    rooms: (user) => roomsOf(log, user),
  };
}
