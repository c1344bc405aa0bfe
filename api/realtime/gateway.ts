import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server } from 'socket.io';
import { conversationOf, limits, OLDEST_VERSION, Refusal, type DeviceId, type RefusalCode } from '#sync-protocol';
import type { Caller, News } from '../core/ports.ts';
import { createBacklog, unsentBytesMax } from './backlog.ts';
import { attachDispatch } from './dispatch.ts';
import { createMembers, type Member, type Members } from './members.ts';
import type { GatewayDeps, Handshake, LiveServer, LiveSocket } from './ports.ts';

export interface Gateway {
  /** What happened, to whoever is connected here. */
  carryOut(news: News): void;
  /** Ends every socket of a device, and says why. [AC-6] */
  closeDevice(device: DeviceId, refusal: RefusalCode): void;
  /** When to come back, so that not everybody comes at once. [LV-6] */
  sayGoodbye(): void;
  close(): Promise<void>;
}

const readAttemptsMax = 5;
/** Every third heartbeat a socket's rooms are derived from the store again: whatever move was not heard heals. [LV-5] */
const beatsPerPlacing = 3;
/** A reconnecting device costs the server about this much. */
const msPerReconnect = 2;

export function createGateway(server: HttpServer | HttpsServer, deps: GatewayDeps): Gateway {
  const io = createIo(server, deps);
  const members = createMembers(io);

  io.use((socket, next) => {
    // Refused handshakes are let in to be told why in words of the protocol, and then closed.
    void shake(socket, deps).then((handshake) => {
      socket.data.handshake = handshake;
      next();
    });
  });
  io.on('connection', (socket) => {
    socket.on('error', () => undefined);
    const { handshake } = socket.data;
    if (handshake.kind === 'refused') return refuse(socket, handshake.refusal);
    welcome(socket, handshake.caller, members, deps);
    return undefined;
  });

  return {
    carryOut: (news) => {
      const conversation = conversationOf(news.log);
      deps.hear(news, conversation ? members.usersIn(conversation) : []);
      members.carryOut(news);
    },
    closeDevice: (device, refusal) => members.ofDevice(device).forEach(({ socket }) => refuse(socket, refusal)),
    sayGoodbye: () => {
      const jitterMs = Math.min(30_000, Math.max(1_000, [...members.all()].length * msPerReconnect));
      io.emit('down', { type: 'goodbye', reconnectInMs: 1_000, jitterMs });
    },
    close: async () => {
      io.disconnectSockets(true);
      io.engine.close();
      await io.of('/').adapter.close();
    },
  };
}

/** What Socket.IO answers is never a page, never kept and never framed. */
const answerHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

function createIo(server: HttpServer | HttpsServer, { checkHandshake, introductionMs }: GatewayDeps): LiveServer {
  const io: LiveServer = new Server(server, {
    serveClient: false,
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: limits.socketFrameBytesMax,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: introductionMs,
    pingInterval: limits.heartbeatMs,
    pingTimeout: limits.heartbeatMs,
    // Both transports and every later poll pass here; CORS does not cover sockets. [AC-5]
    allowRequest: ({ headers }, answer) => {
      try {
        checkHandshake(headers);
        answer(null, true);
      } catch {
        answer('forbidden', false);
      }
    },
  });
  // Before anything is decided, so that what is refused has them too.
  io.engine.use((_req: IncomingMessage, res: ServerResponse, next: () => void) => {
    for (const [name, value] of Object.entries(answerHeaders)) res.setHeader(name, value);
    next();
  });
  return io;
}

/** Runs on every connection, reconnections too: nothing is taken over from an earlier one. */
async function shake(socket: LiveSocket, { callerOf, log }: GatewayDeps): Promise<Handshake> {
  const { headers, auth } = socket.handshake;
  const { version, token } = auth as Record<string, unknown>;
  if (!Number.isInteger(version)) return { kind: 'refused', refusal: 'malformed' };
  if ((version as number) < OLDEST_VERSION) return { kind: 'refused', refusal: 'client-too-old' };
  try {
    return { kind: 'caller', caller: await callerOf(headers, typeof token === 'string' ? token : undefined) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', refusal: error.code };
    log.error('a handshake failed', error);
    return { kind: 'refused', refusal: 'internal' };
  }
}

function refuse(socket: LiveSocket, refusal: RefusalCode): void {
  socket.emit('down', { type: 'refused', refusal });
  socket.disconnect(true);
}

/** Listeners, then rooms, then `ready`, then the device syncs: no moment is uncovered. [LV-2] */
function welcome(socket: LiveSocket, caller: Caller, members: Members, deps: GatewayDeps): void {
  const { user } = caller;
  const device = caller.device as DeviceId;
  let beats = 0;
  let disconnect: (() => void) | undefined;

  async function beat(type: 'ready' | 'heartbeat'): Promise<void> {
    const state = await deps.sessionState(device);
    if (state !== 'live') return refuse(socket, state);
    if (type === 'ready') await placeInRooms(member, members, deps);
    else if (++beats % beatsPerPlacing === 0 && (await placeInRooms(member, members, deps))) deps.onHealed();
    if (!socket.connected) return undefined;
    disconnect ??= deps.connect(user);
    const standing = await deps.standingOf(user);
    if (backlog.unsentBytes() <= unsentBytesMax) socket.emit('down', { type, ...standing });
    return undefined;
  }
  /** The device connects anew, to a server that may be better off. */
  const fail = (error: unknown): void => {
    deps.log.error('a heartbeat failed', error, { device });
    socket.disconnect(true);
  };
  const start = (type: 'ready' | 'heartbeat'): void => void beat(type).catch(fail);

  const backlog = createBacklog(socket, { onCaughtUp: () => start('heartbeat') });
  const member: Member = { user, device, socket, backlog };
  const timer = setInterval(() => start('heartbeat'), deps.heartbeatMs);
  socket.on('disconnect', () => {
    clearInterval(timer);
    members.remove(member);
    disconnect?.();
  });
  attachDispatch(socket, caller, deps);
  members.add(member);
  start('ready');
}

/** Reads again after joining, until nothing changed in between: a removal during the join must not leave a listener. [LV-5] */
async function placeInRooms(member: Member, members: Members, { roomsOf }: GatewayDeps): Promise<boolean> {
  let hasMoved = false;
  for (let attempt = 0; attempt < readAttemptsMax; attempt++) {
    const rooms = await roomsOf(member.user);
    if (!member.socket.connected || !members.place(member, rooms)) return hasMoved;
    hasMoved = true;
  }
  return hasMoved;
}
