/** What networks do to a connection, done on purpose: between a client and a server, on loopback. */
import { type IncomingHttpHeaders, type Server as HttpServer, createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';

/** `pass` the reply · `drop` it and the connection, after the server has done what was asked · `cut` the connection in the middle of it. */
export type ReplyFate = 'pass' | 'drop' | 'cut';

export type Faults = {
  /** Asked at the first bytes that come back after bytes went out: once a request, near enough. */
  readonly replyFate?: () => ReplyFate;
  /** Each way. */
  readonly delayMs?: number;
  /** Everything travels in pieces of this many bytes. */
  readonly sliceBytes?: () => number;
  /** The connection ends when this many bytes have gone out, wherever that is in a frame. */
  readonly cutAfterBytes?: number;
};

export interface FaultProxy {
  readonly port: number;
  readonly url: string;
  /** For connections made from now on. */
  setFaults(faults: Faults): void;
  /** From now on nothing gets through either way, and nobody is told: both ends believe they are connected. */
  blackhole(): void;
  /** New connections get through again. Those of the blackhole stay silent, as after a change of network. */
  heal(): void;
  /** How many replies were dropped or cut. */
  lost(): number;
  /** Connections that the server still holds open, those of a blackhole included. */
  open(): number;
  close(): Promise<void>;
}

export async function createFaultProxy(targetPort: number, first: Faults = {}): Promise<FaultProxy> {
  let faults = first;
  let isBlackhole = false;
  let lost = 0;
  const pairs = new Set<Pair>();
  const all = new Set<Pair>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const pair = join(client, connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true }), {
      ...faults,
      onLost: () => lost++,
    });
    pairs.add(pair);
    all.add(pair);
    if (isBlackhole) pair.silence();
    pair.onEnd(() => pairs.delete(pair));
  });
  const port = await listen(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    setFaults: (next) => void (faults = next),
    blackhole: () => {
      isBlackhole = true;
      for (const pair of pairs) pair.silence();
    },
    heal: () => void (isBlackhole = false),
    lost: () => lost,
    open: () => pairs.size,
    close: async () => {
      for (const pair of all) pair.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Pair {
  silence(): void;
  destroy(): void;
  onEnd(listener: () => void): void;
}

function join(client: Socket, upstream: Socket, { onLost, ...faults }: Faults & { readonly onLost: () => void }): Pair {
  let isSilent = false;
  let isReply = false;
  let sentBytes = 0;
  const listeners: (() => void)[] = [];
  const ended = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  const destroy = (): void => {
    client.destroy();
    upstream.destroy();
    ended();
  };
  const up = createPipe(upstream, faults);
  const down = createPipe(client, faults);
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => !isSilent && destroy());
  }
  // A server that gives up on a silent connection is done with it; its client learns nothing.
  upstream.on('close', ended);
  upstream.on('end', () => (isSilent ? upstream.destroy() : down.end()));
  client.on('data', (chunk: Buffer) => {
    if (isSilent) return;
    isReply = true;
    const room = (faults.cutAfterBytes ?? Infinity) - sentBytes;
    sentBytes += chunk.length;
    if (chunk.length < room) return up.write(chunk);
    up.write(chunk.subarray(0, room));
    up.end(destroy);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (isSilent) return;
    const fate = isReply ? (faults.replyFate?.() ?? 'pass') : 'pass';
    isReply = false;
    if (fate === 'pass') return down.write(chunk);
    onLost();
    if (fate === 'cut') down.write(chunk.subarray(0, Math.ceil(chunk.length / 2)));
    down.end(destroy);
  });
  client.on('end', () => !isSilent && up.end());
  return { silence: () => void (isSilent = true), destroy, onEnd: (listener) => void listeners.push(listener) };
}

/** Keeps the order of what is written through it, whatever the delay. */
function createPipe(to: Socket, { delayMs = 0, sliceBytes }: Faults) {
  let last = Promise.resolve();
  const then = (act: () => Promise<void> | void): void => {
    last = last.then(act).catch(() => undefined);
  };
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => (to.writable ? to.write(bytes, () => resolve()) : resolve()));
  return {
    write: (chunk: Buffer): void => {
      if (delayMs > 0) then(() => new Promise((resolve) => setTimeout(resolve, delayMs)));
      then(async () => {
        for (let at = 0; at < chunk.length;) {
          const size = sliceBytes?.() ?? chunk.length;
          await write(chunk.subarray(at, at + size));
          at += size;
          // A turn of the event loop, so that the pieces are not joined again before anybody has read them.
          if (at < chunk.length) await new Promise((resolve) => setImmediate(resolve));
        }
      });
    },
    end: (afterwards?: () => void): void => then(() => void to.end(afterwards)),
  };
}

/** A request as it went by, for sending it again. */
export type Recorded = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
export type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

export interface RepeatProxy {
  readonly url: string;
  readonly recorded: readonly Recorded[];
  /** Sends a recorded request once more. */
  replay(request: Recorded): Promise<Reply>;
  close(): Promise<void>;
}

/** Sends every HTTP request on `times` times at once, and answers with the reply that came last. */
export async function createRepeatProxy(targetPort: number, times: number): Promise<RepeatProxy> {
  const recorded: Recorded[] = [];
  const pass = async ({ method, path, headers, body }: Recorded): Promise<Reply> => {
    const { 'content-length': _length, 'transfer-encoding': _encoding, connection: _connection, ...kept } = headers;
    const outgoing = request({ port: targetPort, host: '127.0.0.1', method, path, headers: kept, agent: false });
    const answered = new Promise<Reply>((resolve, reject) => {
      outgoing.once('error', reject);
      outgoing.once('response', (reply) => {
        text(reply).then((said) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: said }), reject);
      });
    });
    outgoing.end(body);
    return answered;
  };
  const server: HttpServer = createHttpServer((req, res) => {
    const answer = async (): Promise<void> => {
      const one: Recorded = { method: req.method ?? 'GET', path: req.url ?? '/', headers: req.headers, body: await text(req) };
      recorded.push(one);
      let last: Reply | undefined;
      await Promise.all(Array.from({ length: times }, () => pass(one).then((reply) => (last = reply))));
      res.writeHead(last!.status, { 'content-type': last!.headers['content-type'] ?? 'text/plain' }).end(last!.body);
    };
    answer().catch(() => res.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    recorded,
    replay: pass,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
