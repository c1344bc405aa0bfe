import type { ConversationId, Down } from '#sync-protocol';
import type { LiveSocket } from './ports.ts';

/** More waiting than this, and a socket gets heads instead of runs. [LV-4] */
export const unsentBytesMax = 1024 * 1024;
/** Less waiting than this, and it gets runs again. */
const unsentBytesLow = 128 * 1024;
/** More than this, which only answers to its own questions can come to, and a socket is cut off. [LV-4] */
export const unsentBytesEnd = 4 * 1024 * 1024;
/** The room of those who are behind; broadcasts leave it out. */
export const slowRoom = 'slow';

export interface Backlog {
  unsentBytes(): number;
  /** In place of what was not sent: where that conversation stands, once the socket reads again. */
  owe(down: Down): void;
}

type Deps = { readonly onCaughtUp: () => void };

/**
 * How much of what we said to a socket has not left. Socket.IO keeps everything for a device that stopped reading; here it
 * keeps 1 MiB, and beyond that one head per conversation. Answers are not left out: who asks on and on and does not listen is
 * cut off. [LV-4]
 */
export function createBacklog(socket: LiveSocket, { onCaughtUp }: Deps): Backlog {
  const { conn } = socket;
  const owed = new Map<ConversationId, Down>();
  let queuedBytes = 0;
  let isSlow = false;

  const unsentBytes = (): number => queuedBytes + bytesInTransport(socket);

  conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
    queuedBytes += data?.length ?? 0;
    if (unsentBytes() > unsentBytesEnd) return cutOff(socket);
    if (isSlow || unsentBytes() <= unsentBytesMax) return undefined;
    isSlow = true;
    return void socket.join(slowRoom);
  });
  conn.on('flush', () => void (queuedBytes = 0));
  conn.on('drain', () => {
    if (!isSlow || unsentBytes() > unsentBytesLow) return;
    isSlow = false;
    void socket.leave(slowRoom);
    const heads = [...owed.values()];
    owed.clear();
    for (const head of heads) socket.emit('down', head);
    onCaughtUp();
  });

  return {
    unsentBytes,
    owe: (down) => {
      const head = headOf(down);
      if (head) owed.set(head.conversation, head);
    },
  };
}

function headOf(down: Down): Extract<Down, { type: 'head' }> | undefined {
  if (down.type === 'head') return down;
  if (down.type !== 'run') return undefined;
  const { log, head, toChain: chain } = down.run;
  return { type: 'head', conversation: log.slice(2) as ConversationId, head, chain };
}

/** At once: to close in good order is to wait until all of it was read. */
function cutOff({ conn }: LiveSocket): void {
  const { socket } = conn.transport as { readonly socket?: { terminate(): void } };
  socket?.terminate();
  conn.close(true);
}

/** What the operating system has not taken yet. A polling transport holds nothing: its packets wait in the queue. */
function bytesInTransport({ conn }: LiveSocket): number {
  const { socket } = conn.transport as { readonly socket?: { readonly bufferedAmount?: number } };
  return socket?.bufferedAmount ?? 0;
}
