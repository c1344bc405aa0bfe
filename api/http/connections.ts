import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** How long each part of a request may take, and a socket until it says who it is; tests have less patience. */
export type Patience = { readonly headersMs: number; readonly requestMs: number; readonly silenceMs: number };

export const patience: Patience = { headersMs: 10_000, requestMs: 30_000, silenceMs: 60_000 };

/** How often Node looks for requests that take too long. Its default of half a minute would make ten seconds forty. */
export const checkEveryMs = ({ headersMs }: Patience): number => headersMs / 10;

/** A client that is slow on purpose, writing or reading, holds a connection no longer than this. */
export function boundRequests(server: Server | TlsServer, { headersMs, requestMs, silenceMs }: Patience): void {
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 100;
  // Who takes nothing of an answer is cut off after once to twice that. Sockets that stay open have heartbeats instead, and lose
  // this when they open.
  server.timeout = silenceMs;
}

type CapDeps = {
  readonly max: number;
  readonly addressKey: (address: string) => string;
  /** A proxy speaks for many: how many of its connections are one person's, only it knows. */
  readonly isProxy: (address: string) => boolean;
};

/** One address holds so many connections at once. One more is closed before anything of it is read. */
export function capConnections(server: Server | TlsServer, { max, addressKey, isProxy }: CapDeps): void {
  const open = new Map<string, number>();
  server.on('connection', (connection: Socket) => {
    const address = connection.remoteAddress ?? '';
    if (isProxy(address)) return;
    const key = addressKey(address);
    const count = (open.get(key) ?? 0) + 1;
    if (count > max) {
      connection.destroy();
      return;
    }
    open.set(key, count);
    connection.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
  });
}
