import { createServer, type Socket } from 'node:net';

/** A network that takes every connection and never says a word: worse than none, because nothing fails. */
export interface Silence {
  /** How many connections were taken. */
  readonly taken: () => number;
  end(): Promise<void>;
}

export async function listenInSilence(port: number): Promise<Silence> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const listener = createServer((socket) => {
    taken++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, resolve);
  });
  return {
    taken: () => taken,
    end: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
