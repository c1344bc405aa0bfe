import { type ManagerOptions, type Socket, io } from 'socket.io-client';
import { type Answer, type Down, type Op, PROTOCOL_VERSION } from '#sync-protocol';

type Options = Partial<ManagerOptions> & { readonly auth?: Readonly<Record<string, unknown>> };

/** A socket as a device or a script opens it, and what the server said to it. */
export function openSocket(url: string, { auth, ...options }: Options = {}) {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { version: PROTOCOL_VERSION, ...auth },
    ...options,
  });
  const downs: Down[] = [];
  const watchers = new Set<() => void>();
  const wake = (): void => watchers.forEach((watcher) => watcher());
  let ended: string | undefined;
  socket.on('down', (down: Down) => {
    downs.push(down);
    wake();
  });
  const end = (why: string): void => {
    ended ??= why;
    wake();
  };
  socket.on('disconnect', end);
  socket.on('connect_error', ({ message }) => end(message));

  /** Resolves with the first answer of `find`, now or when something is heard. */
  function wait<T>(find: () => T | undefined, what: string, withinMs = 5_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(undefined), withinMs);
      const finish = (found: T | undefined): void => {
        clearTimeout(timer);
        watchers.delete(check);
        if (found === undefined)
          reject(new Error(`${what} was not heard; heard: ${downs.map(({ type }) => type).join(' ')} ${ended ?? ''}`));
        else resolve(found);
      };
      const check = (): void => {
        const found = find();
        if (found !== undefined) finish(found);
      };
      watchers.add(check);
      check();
    });
  }

  type Of<T extends Down['type']> = Extract<Down, { type: T }>;
  return {
    socket,
    downs,
    /** The `n`th of a type, counted from 1. */
    heard: <T extends Down['type']>(type: T, n = 1) =>
      wait(() => downs.filter((down): down is Of<T> => down.type === type)[n - 1], type),
    wait,
    closed: () => wait(() => ended, 'the end'),
    send: async (ops: readonly Op[], storeEpoch = 'memory') => {
      const { answers } = (await socket.timeout(5_000).emitWithAck('up', { type: 'ops', storeEpoch, ops })) as {
        answers: Answer[];
      };
      return answers;
    },
    close: () => void socket.disconnect(),
  };
}
export type LiveClient = ReturnType<typeof openSocket>;
