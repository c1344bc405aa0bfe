import type { DatabaseSync } from 'node:sqlite';
import { openAccountsRoom } from './accounts-room.ts';
import { openDeviceLinksRoom } from './device-links-room.ts';
import { openLogRoom } from './log-room.ts';
import { openPasskeysRoom } from './passkeys-room.ts';
import { openReceiptsRoom } from './receipts-room.ts';
import type { Room } from './room.ts';

/** Every room of the file, by the name it is called by. */
export const openRooms = {
  log: openLogRoom,
  accounts: openAccountsRoom,
  receipts: openReceiptsRoom,
  passkeys: openPasskeysRoom,
  deviceLinks: openDeviceLinksRoom,
} as const;

export type Rooms = { readonly [Name in keyof typeof openRooms]: ReturnType<(typeof openRooms)[Name]> };
export type RoomName = keyof Rooms;

export const openAll = (db: DatabaseSync): Readonly<Record<RoomName, Room>> => ({
  log: openRooms.log(db),
  accounts: openRooms.accounts(db),
  receipts: openRooms.receipts(db),
  passkeys: openRooms.passkeys(db),
  deviceLinks: openRooms.deviceLinks(db),
});

type Callable = (...args: never[]) => unknown;
type Args<H> = H extends Callable ? Parameters<H> : never;
type Result<H> = H extends Callable ? ReturnType<H> : never;
type Reads<R extends RoomName> = Rooms[R]['reads'];
type Writes<R extends RoomName> = Rooms[R]['writes'];

/** How the main thread calls a room. */
export type RoomCalls = {
  readonly read: <R extends RoomName, N extends keyof Reads<R> & string>(
    room: R,
    name: N,
    ...args: Args<Reads<R>[N]>
  ) => Promise<Result<Reads<R>[N]>>;
  /** Resolves when it is durable. */
  readonly write: <R extends RoomName, N extends keyof Writes<R> & string>(
    room: R,
    name: N,
    ...args: Args<Writes<R>[N]>
  ) => Promise<Result<Writes<R>[N]>>;
};
