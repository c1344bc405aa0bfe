/**
 * What a browser and its network are to the app: every request and socket through here carries the person's session, as a
 * cookie would, and nothing passes while the network is away.
 */
import { type IncomingMessage, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Gate {
  readonly url: string;
  setOnline(isOnline: boolean): void;
  close(): Promise<void>;
}

export async function createGate(server: { readonly port: number }, session: { readonly token: string }): Promise<Gate> {
  let isOnline = true;
  const open = new Set<Socket>();
  const pass = (req: IncomingMessage) =>
    request({
      host: '127.0.0.1',
      port: server.port,
      method: req.method,
      path: req.url,
      headers: { ...req.headers, authorization: `Bearer ${session.token}` },
    });
  const gate = createServer((req, res) => {
    const outgoing = pass(req);
    outgoing.on('response', (reply) => reply.pipe(res.writeHead(reply.statusCode ?? 502, reply.headers)));
    outgoing.on('error', () => res.destroy());
    req.pipe(outgoing);
  });
  gate.on('connection', (socket) => {
    if (!isOnline) return socket.destroy();
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    return undefined;
  });
  gate.on('upgrade', (req, socket) => {
    const outgoing = pass(req);
    outgoing.on('upgrade', (reply, upstream, head) => {
      const headers = Object.entries(reply.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('')}\r\n`);
      // What came in one piece with the head already belongs to the socket.
      socket.write(head);
      for (const one of [socket, upstream]) one.on('error', () => undefined);
      upstream.on('close', () => socket.destroy()).pipe(socket);
      socket.on('close', () => upstream.destroy()).pipe(upstream);
    });
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    setOnline: (next) => {
      isOnline = next;
      if (!isOnline) for (const socket of open) socket.destroy();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => gate.close(resolve));
    },
  };
}
