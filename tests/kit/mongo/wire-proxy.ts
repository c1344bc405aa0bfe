import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import mongoose from 'mongoose';

const { BSON } = mongoose.mongo;

/** A command on its way to the server: `insert` into `events`, with all that it says. */
export type Command = { readonly name: string; readonly collection: string; readonly body: Readonly<Record<string, unknown>> };

/** What becomes of it. */
export type Verdict =
  | 'pass'
  /** It never arrives, and the connection is gone. */
  | 'lose-request'
  /** The server does it, and the connection is gone before it can say so. */
  | 'lose-reply'
  /** The server does it, and the client hears this instead. */
  | { readonly saying: Readonly<Record<string, unknown>> }
  /** The server hears nothing, and the client hears this. */
  | { readonly insteadSaying: Readonly<Record<string, unknown>> };

export interface WireProxy {
  /** The same database, through here. */
  uri(uri: string): string;
  /** From now on; `pass` of everything until it is said. */
  judge(judge: (command: Command) => Verdict): void;
  close(): Promise<void>;
}

const opMsg = 2013;
const headerBytes = 16;

/**
 * Between a client and one server of MongoDB's protocol, message by message (OP_MSG). Commands that write may be lost on the
 * way there or back, or answered otherwise: what elections, cut cables and slow majorities do to them.
 *
 * `oneWriteAtATime`: for a server that changes a document in two steps, between which another may change it.
 */
export async function startWireProxy(target: string, { oneWriteAtATime = false } = {}): Promise<WireProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let judge: (command: Command) => Verdict = () => 'pass';
  let lastWrite: Promise<void> = Promise.resolve();

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const cut = () => [client, upstream].forEach((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', cut).on('close', cut));
      socket.on('close', () => sockets.delete(socket));
    }
    /** What is to be done instead when the server has answered a request, and what besides. */
    const awaited = new Map<number, () => void>();
    const answered = new Map<number, () => void>();
    upstream.on('close', () => answered.forEach((done) => done()));
    const inTurn = (requestId: number, write: () => void) => {
      lastWrite = lastWrite.then(() => {
        if (upstream.destroyed) return;
        const isDone = new Promise<void>((done) => answered.set(requestId, done));
        write();
        return isDone;
      });
    };
    onMessages(client, (message) => {
      const command = commandOf(message);
      const verdict = command ? judge(command) : 'pass';
      const requestId = message.readInt32LE(4);
      if (verdict === 'lose-request') return cut();
      if (typeof verdict === 'object' && 'insteadSaying' in verdict) {
        return void client.write(replyTo(requestId, verdict.insteadSaying));
      }
      if (verdict === 'lose-reply') awaited.set(requestId, cut);
      if (typeof verdict === 'object') awaited.set(requestId, () => client.write(replyTo(requestId, verdict.saying)));
      const forward = () => void upstream.write(message);
      if (oneWriteAtATime && command && isWrite(command)) inTurn(requestId, forward);
      else forward();
    });
    onMessages(upstream, (message) => {
      const responseTo = message.readInt32LE(8);
      answered.get(responseTo)?.();
      answered.delete(responseTo);
      const instead = awaited.get(responseTo);
      if (instead) return instead();
      client.write(message);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    uri: (uri) => {
      const through = new URL(uri);
      through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return through.href;
    },
    judge: (next) => void (judge = next),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

export const isWrite = ({ name }: Command): boolean => ['insert', 'update', 'delete', 'findAndModify'].includes(name);

/** Whole messages, however they were cut into packets. */
function onMessages(socket: Socket, take: (message: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= headerBytes && held.length >= held.readInt32LE(0)) {
      const length = held.readInt32LE(0);
      take(held.subarray(0, length));
      held = held.subarray(length);
    }
  });
}

/** The first section, kind 0, is the command; its first field names it. */
function commandOf(message: Buffer): Command | undefined {
  if (message.readInt32LE(12) !== opMsg || message[headerBytes + 4] !== 0) return undefined;
  const start = headerBytes + 5;
  const body = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
  const name = Object.keys(body)[0] ?? '';
  return { name, collection: String(body[name]), body };
}

let replies = 0;
function replyTo(requestId: number, body: Readonly<Record<string, unknown>>): Buffer {
  const document = Buffer.from(BSON.serialize(body));
  const header = Buffer.alloc(headerBytes + 5);
  header.writeInt32LE(headerBytes + 5 + document.length, 0);
  header.writeInt32LE(++replies, 4);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opMsg, 12);
  return Buffer.concat([header, document]);
}
