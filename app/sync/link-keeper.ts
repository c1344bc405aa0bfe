import { backoffMs, limits, step, type Down, type Link, type LinkEvent } from '#sync-protocol';
import type { Clock, Connectivity, Random, Socket, SocketHandlers, Transport } from './ports.ts';

export interface LinkKeeper {
  /** The open socket, once it said `ready`. */
  socket(): Socket | undefined;
  at(event: LinkEvent): void;
  tryNow(): void;
  stop(): void;
}

type Needs = {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly connectivity: Connectivity;
  readonly down: (message: Down) => void;
  readonly changed: (link: Link, nextTryInMs?: number) => void;
  readonly ended: (why: 'signed-out' | 'revoked' | 'client-too-old') => void;
};

/** Keeps one socket: opens it, notices when it is dead though nobody said so, and comes back with patience. [LK-1, BO-1] */
export function createLinkKeeper(needs: Needs): LinkKeeper {
  const { clock, random, connectivity, down, changed, ended } = needs;
  let link: Link = { at: 'offline' };
  let reconnect: (() => void) | undefined;
  const line = createLine(needs, {
    heard: (message) => {
      if (message.type === 'goodbye') return comeBack(message.reconnectInMs + random() * message.jitterMs);
      if (message.type === 'ready') move({ kind: 'opened' });
      down(message);
    },
    lost: () => comeBack(),
    ended,
  });
  const move = (event: LinkEvent) => {
    link = step(link, event);
    changed(link);
  };
  /** After a loss with patience; when the server is about to restart, at the moment it gave. */
  function comeBack(givenMs?: number): void {
    line.close();
    move({ kind: 'dropped' });
    if (link.at !== 'connecting') return;
    const ms = givenMs ?? backoffMs(link.attempt, random());
    reconnect?.();
    reconnect = clock.after(ms, connect);
    changed(link, ms);
  }
  function connect(): void {
    if (link.at === 'connecting') line.open();
  }
  const lookAround = () => {
    if (!connectivity.isOnline()) {
      line.close();
      reconnect?.();
      return move({ kind: 'offline' });
    }
    if (link.at !== 'offline') return;
    move({ kind: 'online' });
    connect();
  };
  const unwatch = connectivity.watch(lookAround);
  lookAround();
  return {
    socket: line.ready,
    at: (event) => {
      if (event.kind === 'refused') {
        line.close();
        reconnect?.();
      }
      move(event);
    },
    tryNow: () => {
      if (link.at !== 'connecting') return lookAround();
      reconnect?.();
      connect();
    },
    stop: () => {
      unwatch();
      reconnect?.();
      line.close();
    },
  };
}

type LineEvents = {
  readonly heard: (message: Down) => void;
  readonly lost: () => void;
  readonly ended: Needs['ended'];
};

/** One socket at a time. Sockets are told apart, so that a late word of an old one is not taken for the new one's. */
function createLine({ transport, clock }: Needs, { heard, lost, ended }: LineEvents) {
  let current: { readonly socket: Socket; isReady: boolean } | undefined;
  let silence: (() => void) | undefined;
  let generation = 0;

  const close = () => {
    generation += 1;
    silence?.();
    const { socket } = current ?? {};
    current = undefined;
    socket?.close();
  };
  /** A link that is silent for longer than the server ever is has ended, whatever the browser thinks. */
  const listen = () => {
    silence?.();
    silence = clock.after(limits.silenceMs, lost);
  };
  const open = () => {
    close();
    const mine = generation;
    const handlers: SocketHandlers = {
      down: (message) => {
        if (mine !== generation || !current) return;
        listen();
        if (message.type === 'ready') current.isReady = true;
        heard(message);
      },
      closed: (why) => {
        if (mine !== generation) return;
        if (why === 'lost') return lost();
        close();
        ended(why);
      },
    };
    listen();
    current = { socket: transport.connect(handlers), isReady: false };
  };
  return { open, close, ready: () => (current?.isReady ? current.socket : undefined) };
}
