/** The same request again and again over connections that stay open. Bare sockets: a client that parses would be measured too. */
import { type Socket, connect } from 'node:net';

export type Request = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };
export type Hammered = { readonly perSecond: number; readonly answerBytes: number };

export interface Hammer {
  run(request: Request, ms: number): Promise<Hammered>;
  close(): void;
}

export async function createHammer(port: number, connections: number): Promise<Hammer> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  return {
    run: async ({ path, headers, body }, ms) => {
      const fields = {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
      let answers = 0;
      let answerBytes = 0;
      const startedMs = performance.now();
      const repeatOn = async (socket: Socket): Promise<void> => {
        while (performance.now() - startedMs < ms) {
          answerBytes = await ask(socket, bytes);
          answers++;
        }
      };
      await Promise.all(sockets.map(repeatOn));
      return { perSecond: answers / ((performance.now() - startedMs) / 1_000), answerBytes };
    },
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}

/** Answers how long the body was. */
function ask(socket: Socket, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const onData = (chunk: Buffer): void => {
      heard += chunk.toString('latin1');
      const end = heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(heard)?.[1] ?? NaN);
      if (!heard.startsWith('HTTP/1.1 200') || Number.isNaN(length)) return fail(new Error(heard.slice(0, 1_000)));
      if (heard.length < end + 4 + length) return;
      socket.off('data', onData);
      resolve(length);
    };
    const fail = (error: Error): void => {
      socket.off('data', onData);
      reject(error);
    };
    socket.on('data', onData);
    socket.write(bytes);
  });
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}
