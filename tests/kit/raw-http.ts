/** HTTP by hand: requests that no client would send, or not so slowly. */
import { type Socket, connect } from 'node:net';

export type RawAnswer = {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly text: string;
  /** How much the connection took of what was offered. */
  readonly takenBytes: number;
};

type Offer = {
  readonly port: number;
  readonly head: string;
  /** Parts of a body, as long as somebody takes them. */
  readonly parts?: Iterable<Buffer>;
  readonly localAddress?: string;
  readonly withinMs?: number;
};

/** Resolves when the connection has ended, from whichever side. */
export function offer({ port, head, parts = [], localAddress, withinMs = 10_000 }: Offer): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    // How it ended does not matter: what was heard by then does.
    socket.on('error', () => undefined);
    socket.setTimeout(withinMs, () => socket.destroy());
    socket.once('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ status, text, takenBytes: Math.max(0, socket.bytesWritten - socket.writableLength) });
    });
    socket.write(head);
    void pour(socket, parts);
  });
}

async function pour(socket: Socket, parts: Iterable<Buffer>): Promise<void> {
  for (const part of parts) {
    if (!socket.writable) return;
    if (!socket.write(part)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
  }
}

export const headOf = (method: string, path: string, headers: Readonly<Record<string, string | number>>): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
