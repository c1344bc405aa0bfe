/** Two people each, one of whom speaks and the other listens: over Chatter, or over a bare Socket.IO that looks the same. */
import { type Socket, io } from 'socket.io-client';
import type { Down, OpsReply } from '#sync-protocol';
import { aMessage, directWith, signUp } from '../../tests/kit/script-client.ts';
import type { Measured } from './process.ts';

export interface Pair {
  /** Resolves when it is acknowledged. */
  say(text: string): Promise<void>;
  /** Told every text that reached the listener. */
  onHeard(listener: (text: string) => void): void;
  close(): void;
}

type Sockets = { readonly speaker: Socket; readonly listener: Socket };

export async function chatterPairs(server: Measured, count: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const [speaker, listener] = await Promise.all([signUp(server, `speaker${i}`), signUp(server, `listener${i}`)]);
    const { log } = directWith(speaker.user, listener.user);
    // The first message makes the conversation, so that both are in its room when they connect.
    await speaker.send([aMessage(log, 'hello', listener.user)]);
    const [spoken, heard] = await Promise.all([speaker.connect(), listener.connect()]);
    const { storeEpoch } = spoken.downs.find((down) => down.type === 'ready')!;
    const opsOf = (text: string) => ({ type: 'ops', storeEpoch, ops: [aMessage(log, text, listener.user)] });
    pairs.push(createPair({ speaker: spoken.socket, listener: heard.socket }, opsOf));
  }
  return pairs;
}

export async function barePairs({ url }: Measured, count: number): Promise<readonly Pair[]> {
  const connect = async (room: string): Promise<Socket> => {
    const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { room } });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return socket;
  };
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const [speaker, listener] = await Promise.all([connect(`${i}`), connect(`${i}`)]);
    pairs.push(
      createPair({ speaker, listener }, (text) => ({ type: 'ops', storeEpoch: '', ops: [aMessage('c:bare' as never, text)] })),
    );
  }
  return pairs;
}

function createPair({ speaker, listener }: Sockets, opsOf: (text: string) => unknown): Pair {
  return {
    say: async (text) => {
      const { answers } = (await speaker.emitWithAck('up', opsOf(text))) as OpsReply;
      if (!answers.every((answer) => 'seq' in answer)) throw new Error(`refused: ${JSON.stringify(answers)}`);
    },
    onHeard: (told) => {
      listener.on('down', (down: Down) => {
        if (down.type !== 'run') return;
        for (const item of down.run.items) if ('payload' in item) told((item.payload as { body: { text: string } }).body.text);
      });
    },
    close: () => {
      speaker.disconnect();
      listener.disconnect();
    },
  };
}

/** 200 bytes that begin with who and which. */
export const textOf = (pair: number, n: number): string => `${pair}:${n}:`.padEnd(200, 'x');
