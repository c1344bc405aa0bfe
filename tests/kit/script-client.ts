/** A person with a script: what anybody may write against the wire, and no more. It stores nothing but where its reading stands. */
import { createHash } from 'node:crypto';
import { type Socket, io } from 'socket.io-client';
import {
  type Answer,
  CHAIN_START,
  type Chain,
  type ConversationId,
  type DeviceId,
  type Down,
  type LogEvent,
  type LogId,
  type Op,
  type OpId,
  type OpOf,
  type OpsReply,
  PROTOCOL_VERSION,
  type Run,
  type Seq,
  type SyncRequest,
  type SyncResponse,
  type UserId,
  conversationLog,
  directConversationId,
  directSeed,
  isHidden,
  limits,
} from '#sync-protocol';
import { createSecrets } from '../../api/gateways/secrets.ts';

export type Asked = { readonly status: number; readonly body: unknown; readonly bytes: number };
export type Watermark = { readonly watermark: Seq; readonly chain: Chain };
export type Group = { readonly id: ConversationId; readonly log: LogId };

export interface ScriptClient {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly token: string;
  readonly name: string;
  /** Where it speaks to; changed to speak through a proxy or to another server. */
  url: string;
  ask(method: string, path: string, body?: unknown): Promise<Asked>;
  /** Throws what was refused, or why nothing was answered. */
  sync(request?: Partial<SyncRequest>): Promise<SyncResponse>;
  /** One attempt. Throws when no answer came. */
  send(ops: readonly Op[]): Promise<readonly Answer[]>;
  /** Reads a log on from where the last call ended, and answers all of it. Throws when a run does not join the one before. */
  readLog(log: LogId): Promise<readonly LogEvent[]>;
  /** Where the reading of the self log stands. */
  selfWatermark(): Watermark;
  /** Where the reading of a log stands. */
  watermarkOf(log: LogId): Watermark;
  connect(): Promise<ScriptSocket>;
}

export interface ScriptSocket {
  readonly socket: Socket;
  /** What the server said, in order. */
  readonly downs: readonly Down[];
  onDown(listener: (down: Down) => void): void;
  /** One attempt. Throws when no answer came. */
  send(ops: readonly Op[], withinMs?: number): Promise<readonly Answer[]>;
  close(): void;
}

/** Who can tell which code was sent. */
export type Server = { readonly url: string; codeFor(phone: string): Promise<string> };

export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
}

const secrets = createSecrets();
export const mintId = <Id extends string>(): Id => secrets.newId() as Id;
let lastNumber = 0;

/** Somebody new at this server. Each number is used once in a process. */
export async function signUp(server: Server, name: string): Promise<ScriptClient> {
  const n = ++lastNumber;
  const phone = `+4179${String(3_000_000 + ((process.pid * 1_000 + n) % 6_000_000))}`;
  // Behind a proxy that the server trusts, so that many people can sign up at once from one machine.
  const address = { 'x-forwarded-for': `10.${(n >> 12) & 255}.${(n >> 4) & 255}.${n & 15}` };
  const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...address },
      body: JSON.stringify(body),
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`${path} was refused: ${response.status} ${said}`);
    return JSON.parse(said) as Record<string, string>;
  };
  const { requestId } = await post('/api/register', { phone });
  const code = await server.codeFor(phone);
  const { userId, deviceId, token } = await post('/api/verify', { requestId, code, name });
  if (userId === undefined || deviceId === undefined || token === undefined) throw new Error(`${name} could not sign up`);
  return createScriptClient({ url: server.url, name, user: userId as UserId, device: deviceId as DeviceId, token });
}

export type Identity = Pick<ScriptClient, 'url' | 'name' | 'user' | 'device' | 'token'>;

export function createScriptClient({ url, ...identity }: Identity): ScriptClient {
  const headers = { authorization: `Bearer ${identity.token}`, 'content-type': 'application/json' };
  const books = new Map<LogId, { at: Watermark; readonly events: LogEvent[] }>();
  let self = beforeTheFirst;
  let storeEpoch: string | undefined;

  async function ask(method: string, path: string, body?: unknown): Promise<Asked> {
    try {
      const response = await fetch(client.url + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const said = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return { status: response.status, body: isJson ? (JSON.parse(said) as unknown) : said, bytes: Buffer.byteLength(said) };
    } catch (cause) {
      throw new NotAnswered(`${method} ${path} was not answered`, { cause });
    }
  }

  async function sync(request: Partial<SyncRequest> = {}): Promise<SyncResponse> {
    const { status, body } = await ask('POST', '/api/sync', { version: PROTOCOL_VERSION, self, storeEpoch, ...request });
    if (status >= 500 || status === 429) throw new NotAnswered(`sync was answered ${status} ${JSON.stringify(body)}`);
    if (status !== 200) throw new Error(`sync was refused: ${status} ${JSON.stringify(body)}`);
    const response = body as SyncResponse;
    storeEpoch = response.storeEpoch;
    // What is in the self log does not matter to a script; that it reads on from there does.
    if (response.self) self = watermarkAfter(response.self);
    return response;
  }

  const client: ScriptClient = {
    ...identity,
    url,
    ask,
    sync,
    send: async (ops) => (await sync({ ops: [...ops] })).answers,
    readLog: async (log) => {
      const book = books.get(log) ?? { at: beforeTheFirst, events: [] };
      books.set(log, book);
      for (;;) {
        const { logs } = await sync({ logs: [{ log, ...book.at }], budgetBytes: limits.responseBytesMax });
        const part = logs.find((candidate) => candidate.log === log);
        if (!part) continue;
        if (part.kind !== 'run') throw new Error(`asked for a run of ${log} from ${book.at.watermark}, got ${part.kind}`);
        book.at = follow(book.at, part, book.events);
        if (part.to === part.head) return book.events;
      }
    },
    selfWatermark: () => self,
    watermarkOf: (log) => books.get(log)?.at ?? beforeTheFirst,
    connect: () => connect(client, () => storeEpoch),
  };
  return client;
}

const beforeTheFirst: Watermark = { watermark: 0, chain: CHAIN_START };
const watermarkAfter = (self: NonNullable<SyncResponse['self']>): Watermark =>
  'snapshot' in self ? { watermark: self.at, chain: self.chain } : { watermark: self.to, chain: self.toChain };

/** A run continues exactly where the last one ended, and its items tile it. [RN-1] */
export function follow(at: Watermark, run: Run, into: LogEvent[]): Watermark {
  if (run.from !== at.watermark || run.fromChain !== at.chain)
    throw new Error(`a run from ${run.from} does not join ${at.watermark}`);
  let seq = run.from;
  for (const item of run.items) {
    if (item.seq !== seq + 1) throw new Error(`after ${seq} came ${item.seq}`);
    seq = isHidden(item) ? item.seq + item.count - 1 : item.seq;
    if (!isHidden(item)) into.push(item);
  }
  if (seq !== run.to) throw new Error(`a run to ${run.to} ended at ${seq}`);
  const last = run.items.at(-1);
  if (last && !isHidden(last) && last.chain !== run.toChain) throw new Error(`the chain at ${seq} is not that of the run`);
  return { watermark: run.to, chain: run.toChain };
}

async function connect(client: ScriptClient, knownEpoch: () => string | undefined): Promise<ScriptSocket> {
  const downs: Down[] = [];
  const listeners: ((down: Down) => void)[] = [];
  const auth = { version: PROTOCOL_VERSION, token: client.token };
  const socket = io(client.url, { transports: ['websocket'], reconnection: false, forceNew: true, auth });
  let storeEpoch = knownEpoch();
  const ready = new Promise<void>((resolve, reject) => {
    socket.on('down', (down: Down) => {
      downs.push(down);
      for (const listener of listeners) listener(down);
      if (down.type === 'refused') reject(new Error(`the socket was refused: ${down.refusal}`));
      if (down.type !== 'ready') return;
      storeEpoch = down.storeEpoch;
      resolve();
    });
    socket.once('connect_error', (cause) => reject(new NotAnswered('the socket did not open', { cause })));
    socket.once('disconnect', (why) => reject(new NotAnswered(`the socket was closed: ${why}`)));
  });
  await ready.catch((error: unknown) => {
    socket.disconnect();
    throw error;
  });
  return {
    socket,
    downs,
    onDown: (listener) => void listeners.push(listener),
    send: async (ops, withinMs = limits.ackTimeoutMs) => {
      if (!socket.connected) throw new NotAnswered('the socket is closed');
      // A socket that closes settles what waits for an acknowledgement.
      const reply = socket.timeout(withinMs).emitWithAck('up', { type: 'ops', storeEpoch, ops }) as Promise<OpsReply>;
      return (await reply.catch((cause: unknown) => Promise.reject(new NotAnswered('no reply', { cause })))).answers;
    },
    close: () => void socket.disconnect(),
  };
}

export function aMessage(log: LogId, text: string, other?: UserId): OpOf<'message'> {
  const payload = { body: { kind: 'text', text } } as const;
  return { opId: mintId<OpId>(), log, type: 'message', writtenAt: Date.now(), ...(other && { with: other }), payload };
}

/** Asks until it is answered, as a device does: the same bytes, whatever happens in between. */
export async function insist(
  send: () => Promise<readonly Answer[]>,
  { attemptsMax = 400, pauseMs = 50 } = {},
): Promise<readonly Answer[]> {
  for (let attempt = 1; ; attempt++) {
    const answers = await send().catch((error: unknown) => {
      if (!(error instanceof NotAnswered) || attempt >= attemptsMax) throw error;
      return undefined;
    });
    if (answers?.every((answer) => 'seq' in answer)) return answers;
    if (attempt >= attemptsMax) throw new Error(`not accepted after ${attempt} attempts: ${JSON.stringify(answers)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export async function createGroup(
  maker: ScriptClient,
  members: readonly Pick<ScriptClient, 'user'>[],
  title = 'Rig',
): Promise<Group> {
  const id = mintId<ConversationId>();
  const log = conversationLog(id);
  const payload = { title, members: members.map(({ user }) => user) };
  const answers = await maker.send([{ opId: mintId<OpId>(), log, type: 'group-created', writtenAt: Date.now(), payload }]);
  if (!answers.every((answer) => 'seq' in answer)) throw new Error(`the group was refused: ${JSON.stringify(answers)}`);
  return { id, log };
}

/** The conversation of two people, which both can name before either has written. [DR-1] */
export function directWith(one: UserId, other: UserId): Group {
  const id = directConversationId(createHash('sha256').update(directSeed(one, other)).digest());
  return { id, log: conversationLog(id) };
}
