/** A WebSocket by hand: what a library would not send, and a client that stops reading. */
import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { PROTOCOL_VERSION } from '#sync-protocol';
import { until } from '../e2e/kit/until.ts';

export interface RawSocket {
  /** What was heard as text since it was opened, frame by frame. */
  readonly heard: readonly string[];
  readonly heardBytes: () => number;
  send(text: string): void;
  sendBytes(bytes: Buffer): void;
  /** From now on nothing is taken from the network. */
  pause(): void;
  resume(): void;
  /** The code it was closed with; 1006 when it was cut. */
  readonly closed: Promise<number>;
  isOpen(): boolean;
  destroy(): void;
}

type Opening = {
  readonly port: number;
  readonly token?: string;
  readonly localAddress?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** As far as Engine.IO goes: a WebSocket that has been told its session. */
export async function openRawSocket({ port, localAddress, headers = {} }: Opening): Promise<RawSocket> {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
  const reading = createReading(socket);
  const lines = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const raw: RawSocket = {
    heard: reading.heard,
    heardBytes: reading.bytes,
    send: (text) => void socket.write(frameOf(1, Buffer.from(text))),
    sendBytes: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    closed: reading.closed,
    isOpen: () => !socket.destroyed,
    destroy: () => void socket.destroy(),
  };
  await until(() => raw.heard.some((text) => text.startsWith('0{')) || ended(raw), 'the socket to open');
  return raw;
}

/** A device of whoever has this token: opened, joined and told `ready`. */
export async function openRawDevice(opening: Opening & { readonly token: string }): Promise<RawSocket> {
  const raw = await openRawSocket(opening);
  raw.send(`40${JSON.stringify({ version: PROTOCOL_VERSION, token: opening.token })}`);
  await until(() => raw.heard.some((text) => text.includes('"ready"')) || ended(raw), '"ready" to be heard');
  return raw;
}

function ended(raw: RawSocket): never | false {
  if (raw.isOpen()) return false;
  throw new Error(`The socket ended; heard: ${raw.heard.join(' ').slice(0, 300)}`);
}

/** A frame as clients send it: whole, masked. */
export function frameOf(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]!));
  return Buffer.concat([headerOf(opcode, payload.length), mask, masked]);
}

export function headerOf(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length]);
  if (length < 65_536) return Buffer.from([first, 0x80 | 126, length >> 8, length & 255]);
  const header = Buffer.alloc(10);
  header.set([first, 0x80 | 127]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

function createReading(socket: Socket) {
  const heard: string[] = [];
  let rest = Buffer.alloc(0);
  let bytes = 0;
  let isOpen = false;
  let code = 1006;
  const closed = new Promise<number>((resolve) => void socket.once('close', () => resolve(code)));
  // Whoever waits learns of it by the end.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    rest = Buffer.concat([rest, chunk]);
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      isOpen = true;
      rest = rest.subarray(end + 4);
    }
    for (let frame = frameIn(rest); frame; frame = frameIn(rest)) {
      rest = rest.subarray(frame.bytes);
      if (frame.opcode === 1) heard.push(frame.payload.toString());
      if (frame.opcode !== 8) continue;
      code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
      // Else the other side waits half a minute for it.
      socket.end(frameOf(8, frame.payload));
    }
  });
  return { heard, bytes: () => bytes, closed };
}

/** The first whole frame; servers do not mask theirs. */
function frameIn(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 127;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return undefined;
  return { opcode: bytes[0]! & 15, payload: bytes.subarray(start, start + length), bytes: start + length };
}
