/** Many people in one group, each with a socket: over Chatter, or over a bare Socket.IO room that looks the same. */
import { type Socket, io } from 'socket.io-client';
import { type Down, type OpsReply, PROTOCOL_VERSION } from '#sync-protocol';
import { aMessage } from '../../tests/kit/script-client.ts';
import { until } from '../../tests/e2e/kit/until.ts';
import type { Chat } from './big-account.ts';
import { percentile } from './figure.ts';
import type { Measured } from './process.ts';

/** Everything that one hears, one's own included, is a delivery: both sides tell a room of everything. */
export interface Crowd {
  readonly sockets: readonly Socket[];
  /** So many speak, with so many unacknowledged ones each. Answers deliveries a second. */
  flood(options: { readonly speakers: number; readonly inFlight: number; readonly ms: number }): Promise<number>;
  /** At this rate, whatever comes back. Answers the p99 of all deliveries, from saying to hearing. */
  trickle(options: { readonly perSecond: number; readonly ms: number }): Promise<number>;
  close(): void;
}

const connectsAtOnce = 50;

export async function chatterCrowd({ url }: Measured, { log, people }: Chat): Promise<Crowd> {
  let storeEpoch = '';
  const sockets = await connectAll(people, async ({ token }) => {
    const socket = io(url, { ...plain, auth: { version: PROTOCOL_VERSION, token } });
    storeEpoch = (await heard(socket, 'ready')).storeEpoch;
    return socket;
  });
  return createCrowd(sockets, (text) => ({ type: 'ops', storeEpoch, ops: [aMessage(log, text)] }));
}

export async function bareCrowd({ url }: Measured, size: number): Promise<Crowd> {
  const sockets = await connectAll(
    Array.from({ length: size }, () => ({ room: 'all' })),
    async (auth) => {
      const socket = io(url, { ...plain, auth });
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      return socket;
    },
  );
  return createCrowd(sockets, (text) => ({ type: 'ops', storeEpoch: '', ops: [aMessage('c:bare' as never, text)] }));
}

export const plain = { transports: ['websocket'], forceNew: true, reconnection: false };

/** The first one of this type. Rejects when the server closes instead. */
export function heard<T extends Down['type']>(socket: Socket, type: T): Promise<Extract<Down, { type: T }>> {
  return new Promise((resolve, reject) => {
    const listen = (down: Down): void => {
      if (down.type === 'refused') return reject(new Error(`the socket was refused: ${down.refusal}`));
      if (down.type !== type) return;
      socket.off('down', listen);
      resolve(down as Extract<Down, { type: T }>);
    };
    socket.on('down', listen);
    socket.once('connect_error', reject);
    socket.once('disconnect', (why) => reject(new Error(`the socket was closed: ${why}`)));
  });
}

export async function connectAll<T>(all: readonly T[], connect: (one: T) => Promise<Socket>): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let at = 0; at < all.length; at += connectsAtOnce) {
    sockets.push(...(await Promise.all(all.slice(at, at + connectsAtOnce).map(connect))));
  }
  return sockets;
}

function createCrowd(sockets: readonly Socket[], opsOf: (text: string) => unknown): Crowd {
  const saidAtMs = new Map<string, number>();
  let tookMs: number[] = [];
  let lastN = 0;
  for (const socket of sockets) {
    socket.on('down', (down: Down) => {
      if (down.type !== 'run') return;
      const nowMs = performance.now();
      for (const item of down.run.items) {
        if (!('payload' in item)) continue;
        tookMs.push(nowMs - saidAtMs.get((item.payload as { body: { text: string } }).body.text)!);
      }
    });
  }
  async function say(socket: Socket): Promise<void> {
    const text = `${++lastN}:`.padEnd(200, 'x');
    saidAtMs.set(text, performance.now());
    const { answers } = (await socket.emitWithAck('up', opsOf(text))) as OpsReply;
    if (!answers.every((answer) => 'seq' in answer)) throw new Error(`refused: ${JSON.stringify(answers)}`);
  }
  function begin(): void {
    saidAtMs.clear();
    tookMs = [];
  }
  /** When everybody has heard everything. A run in which one delivery is missing is void. */
  const allHeard = (): Promise<boolean> =>
    until(() => tookMs.length === saidAtMs.size * sockets.length, 'everybody to hear everything', 20_000);

  return {
    sockets,
    flood: async ({ speakers, inFlight, ms }) => {
      begin();
      const startedMs = performance.now();
      const keepSaying = async (socket: Socket): Promise<void> => {
        while (performance.now() - startedMs < ms) await say(socket);
      };
      const speaking = sockets.slice(0, speakers);
      await Promise.all(speaking.flatMap((socket) => Array.from({ length: inFlight }, () => keepSaying(socket))));
      // What is heard when the last one is acknowledged: the tail that follows is short, and waiting for it is not exact.
      const [deliveries, seconds] = [tookMs.length, (performance.now() - startedMs) / 1_000];
      await allHeard();
      return deliveries / seconds;
    },
    trickle: async ({ perSecond, ms }) => {
      begin();
      const startedMs = performance.now();
      const said: Promise<void>[] = [];
      const total = Math.round((perSecond * ms) / 1_000);
      while (said.length < total) {
        const due = Math.min(total, Math.ceil(((performance.now() - startedMs) * perSecond) / 1_000));
        while (said.length < due) said.push(say(sockets[said.length % sockets.length]!));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(said);
      await allHeard();
      return percentile(
        tookMs.toSorted((a, b) => a - b),
        0.99,
      );
    },
    close: () => sockets.forEach((socket) => socket.disconnect()),
  };
}
