/** The engine on a bench: a real session over a real store in memory, a server that says what the test says, time by hand. */
import {
  EMPTY_ROOT,
  PROTOCOL_VERSION,
  registerKeys,
  rootOf,
  selfLog,
  type Answer,
  type ConversationId,
  type Down,
  type HistoryPage,
  type LogPart,
  type Op,
  type Run,
  type Seq,
  type SyncRequest,
  type SyncResponse,
  type Up,
} from '#sync-protocol';
import { aChain, aConversation, aLog, aMessage, anEvent, anOpId, aRow, aRun, aState, aTime, aUser } from '#sync-protocol/testing';
import { createLocalStore } from '../../app/store/local-store.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import { readMessages, type MessagesPage } from '../../app/store/queries/messages.ts';
import type { ConversationRecord, MessageRecord, OutboxRecord } from '../../app/store/rows.ts';
import type { Backend } from '../../app/store/tables.ts';
import type { Change } from '../../app/sync/change.ts';
import type {
  Clock,
  CommitResult,
  HistoryAnswer,
  HistoryAsk,
  Leadership,
  LocalStore,
  SocketHandlers,
  SyncAnswer,
  Transport,
} from '../../app/sync/ports.ts';
import { createSession, type Session } from '../../app/sync/session.ts';

export const me = aUser(1);
/** Chance is always in the middle, so waiting is as long as it is on average. */
const middle = () => 0.5;

/** A device below its engine: what is applied to it, and what it then holds. */
export interface StoreBench {
  readonly store: LocalStore;
  readonly backend: Backend;
  commit(change: Change): Promise<CommitResult>;
  /** As many ops as there are, taken to be sent. */
  take(): Promise<readonly Op[]>;
  conversation(id?: ConversationId): Promise<ConversationRecord>;
  messages(id?: ConversationId): Promise<readonly MessageRecord[]>;
  outbox(): Promise<readonly OutboxRecord[]>;
  screen(id?: ConversationId): Promise<MessagesPage['items']>;
}

export async function createStoreBench(): Promise<StoreBench> {
  const backend = createMemoryBackend();
  const store = createLocalStore(backend, { user: me });
  const { leaderTerm } = await store.lead();
  const all = { ops: 50, bytes: 1_000_000 };
  return {
    store,
    backend,
    commit: async (change) => (await store.commit([change], leaderTerm))[0]!,
    take: async () => {
      const taken = await store.takeNext({ leaderTerm, limit: all, skip: new Set() });
      return taken.map(({ wire }) => JSON.parse(wire) as Op);
    },
    conversation: (id = aConversation()) => backend.read(async (tx) => (await tx.conversations.get(id))!),
    messages: (id = aConversation()) => backend.read((tx) => tx.messages.between(id, { from: 0, to: Number.MAX_SAFE_INTEGER })),
    outbox: () => backend.read((tx) => tx.outbox.all()),
    screen: async (id = aConversation()) =>
      (await backend.read((tx) => readMessages(tx, me, id, { place: undefined, older: 100, newer: 0 }))).items,
  };
}

/** One event of one's own self log. */
export const aSelfRun = (seq: Seq, event: { readonly type: string; readonly payload: unknown }): Run => ({
  ...aRun(seq, seq, { log: selfLog(me) }),
  items: [anEvent(seq, { opId: anOpId(1_000_000 + seq), ...event })],
});

/** The newest messages of group 1, as one who held everything up to `from` is sent them. */
export const aWindow = (
  from: Seq,
  windowStart: Seq,
  head: Seq,
  parts: Partial<LogPart & { kind: 'window' }> = {},
): LogPart & { kind: 'window' } => ({
  kind: 'window',
  log: aLog(),
  from,
  head,
  chain: aChain(head),
  windowStart,
  row: aRow(1, head),
  state: aState({ asOf: head }),
  messages: Array.from({ length: head - windowStart + 1 }, (_, i) => aMessage(windowStart + i)),
  mentions: [],
  ...parts,
});

/** The root of groups 1, 2 … that go up to these seqs; 0 leaves one out. */
export const aRoot = (...heads: readonly Seq[]): string =>
  rootOf(heads.map((head, i) => ({ id: aConversation(i + 1), head, chain: aChain(head) })));

/** A device that is signed in and lacks nothing: groups 1, 2 … are held up to these seqs. */
async function settle({ commit }: StoreBench, heads: readonly Seq[]): Promise<void> {
  const groups = heads.map((head, i) => ({ n: i + 1, head }));
  const snapshot = groups.map(({ n }) => ({
    key: registerKeys.member(aConversation(n)),
    revised: 1,
    value: { spans: [{ from: 1 }] },
  }));
  const rows = groups.map(({ n, head }) => aRow(n, head));
  await commit({ kind: 'self-snapshot', snapshot: { snapshot, at: 1, chain: aChain(1), rows }, storeEpoch: 'one' });
  for (const { n, head } of groups) {
    const items = aRun(1, head).items.map((item) => ({ ...item, opId: anOpId(n * 1_000 + item.seq) }));
    await commit({ kind: 'run', run: aRun(1, head, { log: aLog(n), items, state: aState({ asOf: head }) }) });
  }
  const people = [1, 2].map((n) => ({ id: aUser(n), name: `Person ${n}`, about: '', changedAt: aTime(0) }));
  await commit({ kind: 'people', people });
  await commit({ kind: 'synced', since: aTime(0) });
}

export interface ManualClock extends Clock {
  /** Lets time go by, and all that was to happen in it happen. */
  pass(ms: number): Promise<void>;
}

export function createManualClock(): ManualClock {
  let nowMs = aTime(0);
  let timers: { readonly at: number; readonly work: () => void }[] = [];
  return {
    now: () => nowMs,
    after: (ms, work) => {
      const timer = { at: nowMs + ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass: async (ms) => {
      const end = nowMs + ms;
      await quiet();
      for (;;) {
        const [next] = timers.toSorted((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        timers = timers.filter((other) => other !== next);
        nowMs = next.at;
        next.work();
        await quiet();
      }
      nowMs = end;
    },
  };
}

/** Everything that was begun has come to rest: nothing here waits for more than promises. */
export const quiet = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Does something and lets all that follows from it at once happen. */
export async function act<T>(work: () => T): Promise<Awaited<T>> {
  const result = await work();
  await quiet();
  return result;
}

/** A server that records what it is asked and says what the test says. */
export interface ScriptedServer {
  readonly transport: Transport;
  readonly requests: readonly SyncRequest[];
  readonly pages: readonly HistoryAsk[];
  /** Requests nobody has answered. */
  open(): number;
  /** Answers the oldest open request; by default there is nothing new. */
  answer(parts?: Partial<SyncResponse>): Promise<void>;
  fail(answer?: SyncAnswer): Promise<void>;
  answerPage(page: HistoryPage): Promise<void>;
  /** Batches of ops that came over the socket. */
  readonly batches: readonly (readonly unknown[])[];
  /** Answers the oldest open batch; `undefined`: nobody did in time. */
  acknowledge(answers: readonly Answer[] | undefined): Promise<void>;
  /** Over the newest socket. */
  say(down: Down): Promise<void>;
  ready(root?: string, selfHead?: Seq): Promise<void>;
}

export function createScriptedServer(): ScriptedServer {
  const requests: SyncRequest[] = [];
  const pages: HistoryAsk[] = [];
  const batches: (readonly unknown[])[] = [];
  const asked: { readonly request: SyncRequest; readonly give: (answer: SyncAnswer) => void }[] = [];
  const pagesAsked: ((answer: HistoryAnswer) => void)[] = [];
  const batchesAsked: ((answers: readonly Answer[] | undefined) => void)[] = [];
  let socket: SocketHandlers | undefined;
  const give = async (answerTo: (request: SyncRequest) => SyncAnswer) => {
    const next = asked.shift();
    if (!next) throw new Error('nobody asked');
    next.give(answerTo(next.request));
    await quiet();
  };
  const say = async (down: Down) => {
    socket?.down(down);
    await quiet();
  };
  const transport: Transport = {
    sync: (request) => {
      requests.push(request);
      return new Promise((resolve) => void asked.push({ request, give: resolve }));
    },
    history: (ask) => {
      pages.push(ask);
      return new Promise((resolve) => void pagesAsked.push(resolve));
    },
    connect: (handlers) => {
      socket = handlers;
      return {
        tell: () => undefined,
        ask: (message: Up & { type: 'ops' }) => {
          batches.push(message.ops);
          return new Promise((resolve) => void batchesAsked.push(resolve));
        },
        close: () => undefined,
      };
    },
  };
  return {
    transport,
    requests,
    pages,
    batches,
    open: () => asked.length,
    answer: (parts = {}) => give(({ root }) => ({ kind: 'ok', response: aResponse({ ...(root && { root }), ...parts }) })),
    fail: (answer = { kind: 'unreachable' }) => give(() => answer),
    answerPage: async (page) => {
      pagesAsked.shift()?.({ kind: 'ok', page });
      await quiet();
    },
    acknowledge: async (answers) => {
      batchesAsked.shift()?.(answers);
      await quiet();
    },
    say,
    ready: (root = EMPTY_ROOT, selfHead = 1) =>
      say({ type: 'ready', storeEpoch: 'one', root, self: { head: selfHead, chain: aChain(selfHead) } }),
  };
}

const aResponse = (parts: Partial<SyncResponse>): SyncResponse => ({
  version: PROTOCOL_VERSION,
  storeEpoch: 'one',
  now: aTime(1),
  syncEverySeconds: 300,
  root: EMPTY_ROOT,
  answers: [],
  logs: [],
  rows: [],
  receipts: [],
  people: [],
  more: false,
  ...parts,
});

/** Tabs of one browser: the first leads, and when it goes the next. */
function createTabChannel(): () => Leadership {
  type Handlers = Parameters<Leadership['start']>[0];
  let tabs: Handlers[] = [];
  return () => {
    let mine: Handlers | undefined;
    const leave = () => {
      const wasLeading = tabs[0] === mine;
      tabs = tabs.filter((tab) => tab !== mine);
      if (wasLeading) tabs[0]?.lead();
    };
    return {
      start: (handlers) => {
        mine = handlers;
        tabs.push(handlers);
        if (tabs[0] === handlers) handlers.lead();
      },
      yield: leave,
      say: (message) => {
        for (const tab of tabs) if (tab !== mine) queueMicrotask(() => tab.heard(structuredClone(message)));
      },
      stop: leave,
    };
  };
}

export interface EngineBench extends StoreBench {
  readonly server: ScriptedServer;
  readonly clock: ManualClock;
  /** The session of the first tab, which leads. */
  readonly session: Session;
  readonly tabs: readonly Session[];
  readonly reports: readonly string[];
  /** What the engine had stored since it started. */
  readonly stored: readonly Change[];
  /** The same, as it was stored together. */
  readonly transactions: readonly (readonly Change[])[];
  /** How often it looked for what may leave. */
  looks(): number;
  /** Holds back what is to be stored until the returned function is called. */
  pauseDisk(): () => Promise<void>;
}

/** `heads`: how far groups 1, 2 … are held. `before`: what else happened before the app was opened. The first request is asked. */
export async function startEngine({
  heads = [3],
  tabs: count = 1,
  before = async () => undefined,
}: {
  heads?: readonly Seq[];
  tabs?: number;
  before?: (bench: StoreBench) => Promise<unknown>;
} = {}): Promise<EngineBench> {
  const bench = await createStoreBench();
  if (heads.length > 0) await settle(bench, heads);
  await before(bench);
  const [server, clock, join] = [createScriptedServer(), createManualClock(), createTabChannel()];
  const reports: string[] = [];
  const stored: Change[] = [];
  const transactions: (readonly Change[])[] = [];
  let disk: Promise<void> | undefined;
  let ids = 0;
  let looks = 0;
  const tabs = Array.from({ length: count }, () => {
    const store = createLocalStore(bench.backend, { user: me });
    return createSession({
      user: me,
      store: {
        ...store,
        close: () => undefined,
        commit: async (changes, leaderTerm) => {
          await disk;
          stored.push(...changes);
          transactions.push(changes);
          return store.commit(changes, leaderTerm);
        },
        takeNext: (ask) => {
          looks += 1;
          return store.takeNext(ask);
        },
      },
      storage: 'memory',
      transport: server.transport,
      clock,
      random: middle,
      ids: { next: () => anOpId(2_000_000 + ids++) },
      digest: async () => new Uint8Array(32),
      leadership: join(),
      connectivity: { isOnline: () => true, watch: () => () => undefined },
      report: (what) => reports.push(what),
      onEnded: (why) => reports.push(`ended: ${why}`),
    });
  });
  for (const tab of tabs) tab.start();
  await quiet();
  const pauseDisk = () => {
    let resume = () => undefined as void;
    disk = new Promise((resolve) => {
      resume = resolve;
    });
    return async () => {
      disk = undefined;
      resume();
      await quiet();
    };
  };
  return { ...bench, server, clock, session: tabs[0]!, tabs, reports, stored, transactions, looks: () => looks, pauseDisk };
}
