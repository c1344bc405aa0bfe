import type { UserId } from '#sync-protocol';
import type { Backend } from './tables.ts';

/** What queries may do with the tables: look, and be told of changes. */
export interface StoreReads {
  readonly user: UserId;
  readonly observe: Backend['observe'];
  readonly isAtRest: Backend['isAtRest'];
  readonly disk: Backend['disk'];
}
