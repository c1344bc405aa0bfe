import type { Report, Socket, Transport } from '../sync/ports.ts';
import { createHttp } from './http.ts';

export const createTransport = (origin: string, report: Report): Transport => ({
  ...createHttp(origin, report),
  connect: createLateConnect(origin, report),
});

/** The library of sockets is loaded with the first of them: what is on this device is on screen before it. */
const createLateConnect =
  (origin: string, report: Report): Transport['connect'] =>
  (handlers) => {
    let socket: Socket | undefined;
    let isClosed = false;
    import('./socket.ts').then(
      ({ createConnect }) => {
        if (!isClosed) socket = createConnect(origin, report)(handlers);
      },
      () => {
        if (!isClosed) handlers.closed('lost');
      },
    );
    return {
      tell: (message) => socket?.tell(message),
      ask: async (message, timeoutMs) => socket?.ask(message, timeoutMs),
      close: () => {
        isClosed = true;
        socket?.close();
      },
    };
  };
