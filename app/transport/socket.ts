import { io } from 'socket.io-client';
import { downSchema, opsReplySchema, PROTOCOL_VERSION } from '#sync-protocol';
import type { Report, Transport } from '../sync/ports.ts';

/**
 * One socket, one event each way. Nothing is kept for later and nothing is repeated by the library: the engine knows what is
 * on disk and asks for the rest, so a buffer in between could only send what is stale.
 */
export const createConnect =
  (origin: string, report: Report): Transport['connect'] =>
  ({ down, closed }) => {
    let isClosed = false;
    const socket = io(origin || globalThis.location.origin, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      withCredentials: true,
      auth: { version: PROTOCOL_VERSION },
      reconnection: false,
      forceNew: true,
      autoConnect: false,
    });
    const end = (why: Parameters<typeof closed>[0]) => {
      if (isClosed) return;
      isClosed = true;
      socket.disconnect();
      closed(why);
    };
    // Listeners before the connection: what is said first must not fall into nothing.
    socket.on('down', (raw: unknown) => {
      if (isClosed) return;
      const message = downSchema.safeParse(raw);
      if (!message.success) return report('socket: not understood', message.error.issues.slice(0, 3));
      if (message.data.type !== 'refused') return down(message.data);
      const { refusal } = message.data;
      return end(refusal === 'revoked' || refusal === 'client-too-old' || refusal === 'signed-out' ? refusal : 'lost');
    });
    socket.on('disconnect', () => end('lost'));
    socket.on('connect_error', () => end('lost'));
    socket.connect();
    return {
      tell: (message) => void socket.volatile.emit('up', message),
      ask: async (message, timeoutMs) => {
        if (!socket.connected) return undefined;
        try {
          const reply = opsReplySchema.safeParse(await socket.timeout(timeoutMs).emitWithAck('up', message));
          return reply.success ? reply.data.answers : undefined;
        } catch {
          // No answer in time, which is all that is known.
          return undefined;
        }
      },
      close: () => {
        isClosed = true;
        socket.disconnect();
      },
    };
  };
