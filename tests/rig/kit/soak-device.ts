/** One device of a soak: it says, changes, reads, goes away and comes back, and lets go of no op before it was answered. */
import {
  type Answer,
  type ConversationId,
  type Down,
  type HistoryPage,
  type LogEvent,
  type LogId,
  type Op,
  type OpId,
  type Seq,
  type SyncRequest,
  type SyncResponse,
  type UserId,
  conversationLog,
  isSelfLog,
  limits,
  refusals,
  selfLog,
} from '#sync-protocol';
import type { Random } from '../../kit/random.ts';
import { NotAnswered, type ScriptClient, type ScriptSocket, aMessage, mintId } from '../../kit/script-client.ts';
import { createFollower, type Follower } from './follower.ts';
import { wait } from './load.ts';
import type { RollingLedger } from './rolling-ledger.ts';

export type Place = { readonly id: ConversationId; readonly log: LogId; readonly other?: UserId };

/** What a device does, and how often in a hundred times. */
export const weights = {
  say: 58,
  edit: 6,
  react: 5,
  delete: 2,
  read: 8,
  draft: 1,
  type: 6,
  page: 4,
  news: 4,
  cut: 3,
  close: 1,
  slow: 2,
} as const;
export type Deed = keyof typeof weights;

export type SoakDeviceDeps = {
  readonly client: ScriptClient;
  /** What its messages begin with. */
  readonly tag: string;
  readonly places: readonly Place[];
  readonly ledger: RollingLedger;
  /** Whether what it reads of this log is what the ledger is held to: one device a log, from the log's beginning. */
  readonly audits: (log: LogId) => boolean;
  /** What to do next. */
  readonly deal: () => Deed;
  readonly random: Random;
  /** Comes in later: it begins with a snapshot. */
  readonly isNew?: boolean;
  /** Belongs to somebody who is put out of a group now and then, and says something there nevertheless. */
  readonly isGuest?: boolean;
};

export interface SoakDevice {
  readonly client: ScriptClient;
  readonly follower: Follower;
  open(): Promise<void>;
  /** Until it is over, at the pace of somebody who is busy. */
  live(isOver: () => boolean, paceMs: number): Promise<void>;
  /** Until every op is answered. Throws on a refusal that nobody expects. */
  deliver(ops: readonly Op[]): Promise<void>;
  say(place: Place): Promise<void>;
  /** Asks how far everything goes, and follows that far. */
  catchUpWithAll(): Promise<SyncResponse>;
  /** A sync with everything at hand: what there is to say. */
  askForNews(): Promise<SyncResponse>;
  /** Follows a log at least as far as that. */
  reach(log: LogId, seq: Seq): Promise<void>;
  /** Ends its life, and follows everything to where it is then. */
  leave(): Promise<void>;
  close(): void;
}

const attemptsMax = 400;
const pauseMs = 50;
const roundsMax = 200;
const ownMax = 20;
const expectedOfGuests = new Set(['forbidden', 'not-found']);
/** The WebSocket under a socket of Socket.IO, and the connection under that. */
type Deep = { readonly engine: { readonly transport: { readonly ws?: { readonly _socket?: Connection } } } };
type Connection = { destroy(): void; pause(): void; resume(): void };

export function createSoakDevice(deps: SoakDeviceDeps): SoakDevice {
  const { client, tag, places, ledger, audits, deal, random, isNew = false, isGuest = false } = deps;
  const self = selfLog(client.user);
  const follower = createFollower((log: LogId, event: LogEvent) => audits(log) && ledger.read(log, event));
  const own: { readonly place: Place; readonly id: OpId }[] = [];
  let hasSelf = !isNew;
  let socket: ScriptSocket | undefined;
  let said = 0;
  /** What was wrong with something that came unasked. */
  let failure: Error | undefined;
  let last: SyncResponse | undefined;
  let life = Promise.resolve();
  let isLeaving = false;

  const anOp = (log: LogId, type: string, payload: unknown, more: object = {}): Op =>
    ({ opId: mintId<OpId>(), log, type, writtenAt: Date.now(), payload, ...more }) as Op;
  const toPlace = ({ log, other }: Place, type: string, payload: unknown, more: object = {}): Op =>
    anOp(log, type, payload, { ...more, ...(other && { with: other }) });

  function heard(down: Down): void {
    try {
      if (down.type === 'run' || down.type === 'self') follower.hear(down.run);
      else if (down.type === 'head') follower.noteHead(conversationLog(down.conversation), down.head);
      else if (down.type === 'ready' || down.type === 'heartbeat') follower.noteHead(self, down.self.head);
    } catch (error) {
      failure ??= error as Error;
    }
  }

  async function sync(request: Partial<SyncRequest>): Promise<SyncResponse> {
    for (let attempt = 1; ; attempt++) {
      try {
        // Without `self` a new device gets a snapshot.
        const response = await client.sync({ self: hasSelf ? follower.at(self) : undefined, ...request } as Partial<SyncRequest>);
        take(response);
        return (last = response);
      } catch (error) {
        if (!(error instanceof NotAnswered) || attempt >= attemptsMax) throw error;
        await wait(pauseMs);
      }
    }
  }

  function take({ self: part, logs, heads = [], rows }: SyncResponse): void {
    if (part && 'snapshot' in part) {
      follower.jump(self, { watermark: part.at, chain: part.chain });
      for (const row of part.rows) follower.noteHead(conversationLog(row.id), row.head);
    } else if (part) follower.hear(part);
    hasSelf = true;
    for (const log of logs) follower.take(log);
    for (const [id, head] of heads) follower.noteHead(conversationLog(id), head);
    for (const { id, head } of rows) follower.noteHead(conversationLog(id), head);
  }

  async function catchUp(first: Partial<SyncRequest> = {}): Promise<SyncResponse> {
    let more = first;
    for (let round = 0; round < roundsMax; round++) {
      const asked = follower.behind().filter((log) => !isSelfLog(log));
      const logs = asked.slice(0, limits.logsPerSyncMax).map((log) => ({ log, ...follower.at(log) }));
      const response = await sync({ logs, budgetBytes: limits.responseBytesMax, ...more });
      more = {};
      if (!response.more && follower.behind().length === 0) return response;
      if (logs.length > 0 && response.logs.every(({ kind }) => kind === 'behind')) await wait(pauseMs);
    }
    throw new Error(`${tag} does not catch up: ${follower.behind().join(' ')}`);
  }

  async function attempt(ops: readonly Op[]): Promise<readonly Answer[]> {
    try {
      return socket?.socket.connected ? await socket.send(ops) : (await sync({ ops: [...ops] })).answers;
    } catch (error) {
      if (error instanceof NotAnswered) return [];
      throw error;
    }
  }

  async function deliver(ops: readonly Op[]): Promise<void> {
    for (const op of ops) ledger.asked(op);
    let waiting = ops;
    for (let n = 1; waiting.length > 0; n++) {
      if (n > attemptsMax) throw new Error(`${tag}: ${waiting.length} ops are not answered`);
      const answers = await attempt(waiting);
      ledger.answered(answers);
      const done = new Set(answers.flatMap((answer) => (isSettled(answer) ? [answer.opId as string] : [])));
      waiting = waiting.filter(({ opId }) => !done.has(opId));
      if (waiting.length > 0) await wait(pauseMs);
    }
  }

  function isSettled(answer: Answer): boolean {
    if (!('refusal' in answer)) return true;
    if (refusals[answer.refusal].remedy === 'retry') return false;
    if (!isGuest || !expectedOfGuests.has(answer.refusal)) throw new Error(`${tag} was refused: ${JSON.stringify(answer)}`);
    ledger.refused(answer.opId);
    return true;
  }

  async function say(place: Place): Promise<void> {
    const ops = Array.from({ length: 1 + random.below(2) }, () => aMessage(place.log, `${tag}:${++said}`, place.other));
    await deliver(ops);
    own.push(...ops.map(({ opId }) => ({ place, id: opId })));
    own.splice(0, own.length - ownMax);
  }

  async function open(): Promise<void> {
    for (let n = 1; socket?.socket.connected !== true; n++) {
      socket = await client.connect().catch((error: unknown) => {
        if (!(error instanceof NotAnswered) || n >= attemptsMax) throw error;
        return undefined;
      });
      if (!socket) await wait(pauseMs);
    }
    socket.onDown(heard);
    await catchUp({ heads: 'all' });
  }

  const connection = (): Connection | undefined =>
    (socket?.socket.io as unknown as Deep | undefined)?.engine.transport.ws?._socket;

  async function changeOwn(make: (place: Place, target: OpId) => Op): Promise<void> {
    if (own.length === 0) return say(random.pick(places));
    const { place, id } = random.pick(own);
    return deliver([make(place, id)]);
  }

  async function page({ id, log }: Place): Promise<void> {
    const before = 1 + random.below(follower.at(log).watermark + 1);
    const { status, body } = await client.ask('GET', `/api/conversations/${id}/messages?limit=50&before=${before}`);
    if (status === 429 || status === 503 || (isGuest && status === 404)) return;
    if (status !== 200) throw new Error(`a page was answered ${status} ${JSON.stringify(body)}`);
    const { from, to, messages } = body as HistoryPage;
    const seqs = messages.map(({ seq }) => seq);
    if (seqs.some((seq, i) => seq < from || seq > to || seq <= (seqs[i - 1] ?? 0)))
      throw new Error(`a page of ${log} from ${from} to ${to} holds ${seqs.join(' ')}`);
  }

  async function askForNews(): Promise<SyncResponse> {
    const known = last;
    const response = await sync({ ...(known && { root: known.root, since: known.now }) });
    const isQuiet = response.root === known?.root && response.self === undefined;
    if (isQuiet && response.rows.length + response.logs.length > 0) throw new Error('a sync without news brought some');
    return response;
  }

  const deeds: Readonly<Record<Deed, () => Promise<unknown>>> = {
    say: () => say(random.pick(places)),
    edit: () =>
      changeOwn((place, target) => toPlace(place, 'edit', { body: { kind: 'text', text: `anew ${++said}` } }, { target })),
    react: () => changeOwn((place, target) => toPlace(place, 'reaction', { emoji: '👍', on: random.chance(0.5) }, { target })),
    delete: () => changeOwn((place, target) => toPlace(place, 'delete', {}, { target })),
    read: () => {
      const { id, log } = random.pick(places);
      const seq = follower.at(log).watermark;
      if (seq > 0) socket?.socket.emit('up', { type: 'received', received: [{ conversation: id, seq }] });
      return deliver([anOp(self, 'read-marker', { conversation: id, seq })]);
    },
    draft: () => deliver([anOp(self, 'draft', { conversation: random.pick(places).id, text: `later ${++said}` })]),
    type: async () => socket?.socket.emit('up', { type: 'typing', conversation: random.pick(places).id, on: true }),
    page: () => page(random.pick(places)),
    news: askForNews,
    // In the middle of an op whose outcome it then does not know.
    cut: async () => {
      const saying = say(random.pick(places));
      connection()?.destroy();
      await saying;
      await open();
    },
    close: async () => {
      socket?.close();
      await wait(random.below(1_000));
      await open();
    },
    slow: async () => {
      const held = connection();
      held?.pause();
      await wait(200 + random.below(2_000));
      held?.resume();
    },
  };

  async function live(isOver: () => boolean, paceMs: number): Promise<void> {
    while (!isOver() && !isLeaving) {
      await wait(-Math.log(1 - random.next()) * paceMs);
      if (failure !== undefined) throw failure;
      if (follower.behind().length > 0) await catchUp();
      await deeds[deal()]();
    }
    if (failure !== undefined) throw failure;
  }

  return {
    client,
    follower,
    open,
    deliver,
    say,
    askForNews,
    catchUpWithAll: () => catchUp({ heads: 'all' }),
    live: (isOver, paceMs) => (life = live(isOver, paceMs)),
    reach: async (log, seq) => {
      follower.noteHead(log, seq);
      if (follower.at(log).watermark < seq) await catchUp();
    },
    leave: async () => {
      isLeaving = true;
      await life;
      await catchUp({ heads: 'all' });
    },
    close: () => socket?.close(),
  };
}
