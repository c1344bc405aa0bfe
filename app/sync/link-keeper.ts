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

/** Keeps one socket: opens it, notices when it is dead though nobody said so, and comes back with patience. [LK-1, LK-3, BO-1] */
export function createLinkKeeper({ transport, clock, random, connectivity, down, changed, ended }: Needs): LinkKeeper {
  let link: Link = { at: 'offline' };
  let open: { readonly socket: Socket; isReady: boolean } | undefined;
  let silence: (() => void) | undefined;
  let reconnect: (() => void) | undefined;
  /** Sockets are told apart, so that a late word of an old one is not taken for the new one's. */
  let generation = 0;

  const move = (event: LinkEvent, nextTryInMs?: number) => {
    link = step(link, event);
    changed(link, nextTryInMs);
  };
  const close = () => {
    generation += 1;
    silence?.();
    const { socket } = open ?? {};
    open = undefined;
    socket?.close();
  };
  const heard = () => {
    silence?.();
    silence = clock.after(limits.silenceMs, dropped);
  };
  const later = (ms: number) => {
    reconnect?.();
    reconnect = clock.after(ms, connect);
  };
  function dropped(): void {
    close();
    move({ kind: 'dropped' });
    if (link.at !== 'connecting') return;
    const ms = backoffMs(link.attempt, random());
    later(ms);
    changed(link, ms);
  }
  function connect(): void {
    if (link.at !== 'connecting') return;
    close();
    const mine = generation;
    const handlers: SocketHandlers = {
      down: (message) => {
        if (mine !== generation || !open) return;
        heard();
        if (message.type === 'goodbye') return goodbye(message);
        if (message.type === 'ready') {
          open.isReady = true;
          move({ kind: 'opened' });
        }
        down(message);
      },
      closed: (why) => {
        if (mine !== generation) return;
        if (why === 'lost') return dropped();
        close();
        ended(why);
      },
    };
    heard();
    open = { socket: transport.connect(handlers), isReady: false };
  }
  /** The server is about to restart: everybody comes back at another moment. */
  function goodbye({ reconnectInMs, jitterMs }: Down & { type: 'goodbye' }): void {
    close();
    move({ kind: 'dropped' });
    const ms = reconnectInMs + random() * jitterMs;
    later(ms);
    changed(link, ms);
  }
  const lookAround = () => {
    if (!connectivity.isOnline()) {
      close();
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
    socket: () => (open?.isReady ? open.socket : undefined),
    at: (event) => {
      if (event.kind === 'refused') {
        close();
        reconnect?.();
      }
      move(event);
    },
    tryNow: () => {
      if (link.at === 'connecting') {
        reconnect?.();
        connect();
      } else lookAround();
    },
    stop: () => {
      unwatch();
      reconnect?.();
      close();
    },
  };
}
