import { limits, type SyncRequest, type UserId } from '#sync-protocol';
import { createBudget, type Budget } from './budget.ts';
import type { LogParts } from './log-parts.ts';
import type { Clock, EventLog, People, Receipts } from './ports.ts';
import type { Roots } from './roots.ts';
import type { Rows } from './rows.ts';
import { ownRegisters, type OwnRegisters } from './view.ts';
import type { Windows } from './windows.ts';

export type SyncReaderDeps = {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly roots: Roots;
  readonly rows: Rows;
  readonly windows: Windows;
  readonly logParts: LogParts;
  readonly receipts: Receipts;
  readonly people: People;
  readonly storeEpoch: string;
  readonly syncEverySeconds: number;
};

/** One answer while it is put together. */
export type SyncReading = {
  readonly user: UserId;
  readonly request: SyncRequest;
  readonly isSameEpoch: boolean;
  readonly budget: Budget;
  /** Read once, and only if somebody asks. */
  readonly registers: () => Promise<OwnRegisters>;
  readonly isDifferent: (root: string) => boolean;
};

export function beginReading({ log, storeEpoch }: SyncReaderDeps, user: UserId, request: SyncRequest): SyncReading {
  let registers: Promise<OwnRegisters> | undefined;
  return {
    user,
    request,
    isSameEpoch: request.storeEpoch === undefined || request.storeEpoch === storeEpoch,
    budget: createBudget(request.budgetBytes ?? limits.responseBytesDefault),
    registers: () => (registers ??= ownRegisters(log, user)),
    isDifferent: (root) => request.root !== undefined && request.root !== root,
  };
}
