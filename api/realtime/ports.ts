import type { IncomingHttpHeaders } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { Answer, DeviceId, Down, OpsReply, RefusalCode, Up, UserId } from '#sync-protocol';
import type { RateLimit } from '../core/accounts-ports.ts';
import type { Log } from '../core/log.ts';
import type { Caller, LogHead, News, Room } from '../core/ports.ts';

export type ClientEvents = { up: (message: unknown, reply?: unknown) => void };
export type ServerEvents = { down: (message: Down) => void };

/** What the handshake came to. */
export type Handshake =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly refusal: RefusalCode };
export type SocketData = { handshake: Handshake };

export type LiveServer = Server<ClientEvents, ServerEvents, Record<string, never>, SocketData>;
export type LiveSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketData>;

export type Received = Extract<Up, { type: 'received' }>['received'];
/** Where a person stands: what `ready` and `heartbeat` say. */
export type Standing = { readonly storeEpoch: string; readonly root: string; readonly self: LogHead };

/** What the gateway needs of the rest of the server. */
export type GatewayDeps = {
  /** Whether a page of this origin may bring this cookie along. Throws a refusal. [AC-5] */
  readonly checkHandshake: (headers: IncomingHttpHeaders) => void;
  readonly callerOf: (headers: IncomingHttpHeaders, bearer: string | undefined) => Promise<Caller>;
  /** Whether a session goes on: for sockets that stay open while it ends elsewhere. */
  readonly sessionState: (device: DeviceId) => Promise<'live' | 'revoked' | 'signed-out'>;
  /** From now on what happens to this person is heard here, until the answer is called. */
  readonly connect: (user: UserId) => () => void;
  /** What happened, before it is carried out, and who is in the room. */
  readonly hear: (news: News, here: Iterable<UserId>) => void;
  /** A socket was not where the store says: something was missed. */
  readonly onHealed: () => void;
  readonly roomsOf: (user: UserId) => Promise<readonly Room[]>;
  readonly standingOf: (user: UserId) => Promise<Standing>;
  readonly takeOps: (caller: Caller, storeEpoch: string, ops: readonly unknown[]) => Promise<readonly Answer[]>;
  readonly takeReceived: (caller: Caller, received: Received) => Promise<void>;
  /** Frames of one socket. */
  readonly pace: RateLimit;
  readonly heartbeatMs: number;
  /** A socket that has not said by then who it is, is closed. */
  readonly introductionMs: number;
  readonly log: Log;
};

export type Reply = (reply: OpsReply) => void;
