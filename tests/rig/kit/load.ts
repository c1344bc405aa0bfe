/** People who keep talking, whatever happens to the server: the same bytes again until they are answered. */
import type { Answer, LogId, Op } from '#sync-protocol';
import { NotAnswered, type ScriptClient, type ScriptSocket, aMessage } from '../../kit/script-client.ts';
import type { Ledger } from './ledger.ts';

export interface Load {
  /** Each sender ends after the op it is at, answered. Throws when one of them could not go on. */
  finish(): Promise<void>;
  /** Each sender ends where it is, answered or not. */
  abandon(): Promise<void>;
  readonly refusals: readonly string[];
  /** The ops that were refused at least once. */
  readonly refused: ReadonlySet<string>;
}

type Sender = { readonly client: ScriptClient; readonly log: LogId; readonly over: 'http' | 'socket' };
type Pace = { readonly batch?: number; readonly pauseMs?: number };

/** Every other sender speaks over a socket. A sender is `<name>:<number>` in what it says, so that its order can be checked. */
export const sendersOf = (clients: readonly ScriptClient[], logs: readonly LogId[]): readonly Sender[] =>
  clients.map((client, i) => ({ client, log: logs[i % logs.length]!, over: i % 2 === 0 ? 'http' : 'socket' }));

const lastSaid = new WeakMap<ScriptClient, number>();

export function startLoad(senders: readonly Sender[], ledger: Ledger, { batch = 3, pauseMs = 0 }: Pace = {}): Load {
  let state: 'going' | 'finishing' | 'abandoned' = 'going';
  const refusals: string[] = [];
  const refused = new Set<string>();

  async function talk({ client, log, over }: Sender): Promise<void> {
    const line = over === 'http' ? client : createRedialling(client);
    while (state === 'going') {
      const ops = Array.from({ length: batch }, () => nextMessage(client, log));
      ops.forEach((op) => ledger.asked(op));
      await untilAnswered(line, ops);
      if (pauseMs > 0) await wait(pauseMs);
    }
    if ('close' in line) line.close();
  }

  /** A lane keeps its order: what was refused for now goes again with everything behind it. */
  async function untilAnswered(line: Pick<ScriptClient, 'send'>, ops: readonly Op[]): Promise<void> {
    let waiting = ops;
    while (waiting.length > 0 && state !== 'abandoned') {
      const answers = await line.send(waiting).catch((error: unknown) => {
        if (error instanceof NotAnswered) return [] as readonly Answer[];
        throw error;
      });
      ledger.answered(answers);
      const done = new Set(answers.filter((answer) => 'seq' in answer).map(({ opId }) => opId as string));
      for (const answer of answers) {
        if (!('refusal' in answer)) continue;
        refused.add(answer.opId);
        if (answer.refusal !== 'untried') refusals.push(answer.refusal);
      }
      waiting = waiting.filter(({ opId }) => !done.has(opId));
      if (waiting.length > 0) await wait(20);
    }
  }

  const talking = Promise.all(senders.map(talk));
  // Reported by whoever waits for the end.
  talking.catch(() => undefined);
  const end = async (how: 'finishing' | 'abandoned'): Promise<void> => {
    state = how;
    await talking;
  };
  return { refusals, refused, finish: () => end('finishing'), abandon: () => end('abandoned') };
}

function nextMessage(client: ScriptClient, log: LogId): Op {
  const n = (lastSaid.get(client) ?? 0) + 1;
  lastSaid.set(client, n);
  return aMessage(log, `${client.name}:${n}`);
}

/** A socket that is opened anew whenever it is not open. */
function createRedialling(client: ScriptClient): Pick<ScriptClient, 'send'> & { close(): void } {
  let open: ScriptSocket | undefined;
  return {
    send: async (ops) => {
      if (open?.socket.connected !== true) open = await client.connect();
      return open.send(ops, 2_000);
    },
    close: () => open?.close(),
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same numbers for the same seed, so that a round can be repeated. */
export function createChance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
